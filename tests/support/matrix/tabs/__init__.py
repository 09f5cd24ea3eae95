"""Drivers of browser tabs: Chromium by CDP, Firefox by WebDriver BiDi, WebKitGTK by WebDriver."""
