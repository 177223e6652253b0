package diagnosis

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
)

// SecretFile looks whether others may read or change a file with a secret in it.
func SecretFile(part, path string) Finding {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return fail(part, path+" is not there", "write it, or correct the path")
	case err != nil:
		return fail(part, "the file cannot be looked at: "+err.Error(), "give this user the right to read it")
	case info.Mode().Perm()&0o002 != 0:
		return fail(part, fmt.Sprintf("everybody on this machine may change %s (%v)", path, info.Mode().Perm()), "chmod 600 it, let the user of the process own it, and replace the secret")
	case info.Mode().Perm()&0o004 != 0:
		return warn(part, fmt.Sprintf("everybody on this machine may read %s (%v)", path, info.Mode().Perm()), "chmod 600 it, and let the user of the process own it")
	}
	return ok(part, "%s: others may not read it", path)
}

// Changeable looks whether others may change a file that decides something.
func Changeable(part, path string) Finding {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return fail(part, "the file cannot be looked at: "+err.Error(), "write it, or correct the path")
	case info.Mode().Perm()&0o002 != 0:
		return fail(part, fmt.Sprintf("everybody on this machine may change %s (%v)", path, info.Mode().Perm()), "chmod o-w it")
	}
	return ok(part, "%s: others may not change it", path)
}

// Directory looks at a directory with personal data in it, and at the room on its disk.
func Directory(part, path string) Finding {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return ok(part, "%s is made at the start", path)
	case err != nil || !info.IsDir():
		return fail(part, path+" is no directory that can be looked at", "correct the path, or its rights")
	case info.Mode().Perm()&0o007 != 0:
		return warn(part, fmt.Sprintf("others may look into %s (%v), and it has personal data", path, info.Mode().Perm()), "chmod 700 it")
	}
	free, known := freeSpace(path)
	const mega = 1 << 20
	switch {
	case !known:
		return ok(part, "%s is there", path)
	case free < 100*mega:
		return fail(part, fmt.Sprintf("the disk of %s has %d MiB left", path, free/mega), "make room: with audit.mode required nobody gets a new token once it is full")
	case free < 1024*mega:
		return warn(part, fmt.Sprintf("the disk of %s has %d MiB left", path, free/mega), "make room, or set audit.retention")
	}
	return ok(part, "%s has room", path)
}
