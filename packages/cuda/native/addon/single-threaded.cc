// glibc 2.32 tells libstdc++ by this variable whether locks can be left out. Older ones do not have it; the addon's own one always says
// that there are other threads, which is true of Node.
extern "C" {
char __libc_single_threaded = 0;
}
