"""The build of the browser monitor, and the npm packages it and the tests use."""
