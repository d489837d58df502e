/* A library that is no plugin; NEEDED: a function of another library. */
int some_number(void);
#ifdef NEEDED
int NEEDED(void);
int some_number(void) { return NEEDED(); }
#else
int some_number(void) { return 42; }
#endif
