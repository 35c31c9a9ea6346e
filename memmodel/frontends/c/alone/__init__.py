"""One function of a kernel file in, a program in which it runs alone out."""
