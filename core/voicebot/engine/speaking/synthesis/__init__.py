"""Making the units of a reply into sound."""
