"""The environment variable with the temporary folder of a test run."""

RUN_FOLDER = "WSMON_TEST_RUN_FOLDER"
