"""Running a server: what it measures, how busy it is, how it ends, what it logs."""
