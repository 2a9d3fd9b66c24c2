"""What stands between the web and the pages: hosts, headers, login, limits, health and the log."""
