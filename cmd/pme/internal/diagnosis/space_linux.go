package diagnosis

import "syscall"

// freeSpace returns how many bytes others than root can still write.
func freeSpace(path string) (bytes uint64, known bool) {
	var s syscall.Statfs_t
	if syscall.Statfs(path, &s) != nil || s.Bsize <= 0 {
		return 0, false
	}
	return s.Bavail * uint64(s.Bsize), true
}
