// Package secret holds secrets that change while the application runs: client secrets, keys, passwords.
//
// A [Source] has the values of one secret, the newest first. [File] reads them from files, and reads these again
// when their content changes, so that an operator replaces a secret without a restart. A [Fixed] source has the same
// values for good.
//
// # Files
//
// A file has one value on each line, the newest first, at most 16 of them in at most 64 KiB of UTF-8. Lines end with
// LF or CR LF. A byte order mark at the beginning and a line break at the end are not part of a value. An empty line,
// a value with spaces at its ends, and control or invisible characters are errors.
//
// What counts is the content, whatever the modification time says, and symbolic links are followed at each look. So a
// volume of Kubernetes, which swaps a link, is noticed. While a Source is used, its files are looked at about once a
// second. A look that finds other content reads it again 50 milliseconds later, and accepts what was the same
// both times. A program that writes a file should still write another one and rename it: half a file, read while its
// writer pauses, can be a valid one.
//
// A file that is missing, empty, too long, not a regular file, not readable or not in this form changes nothing: the
// last good values stay, and the consumers of the Source are told. The package writes no log. Packages that take a
// Source emit the events "secret changed" and "secret rejected", and their health has the part "secrets".
//
// # What it does not do
//
// It does NOT check that a value is right: whoever is shown it does. It does NOT keep values out of reach of code in
// the same process, nor of a core dump. It does NOT decide for how long an old value is accepted: a value that is no
// longer in the list is no longer in use.
//
// # Goroutines
//
// A look runs in a goroutine of its own, for milliseconds. Each consumer is told in another one, which exists only while
// there is something to tell. So neither a file system nor a consumer that hangs delays a request, and there is nothing to
// close. If a file system hangs, so does one goroutine: there are no further looks, and the last good values stay. After 10
// seconds the consumers are told, at the next use, and health says so. When the file system answers again, that look goes on.
//
// [File] itself reads in the goroutine of its caller: it waits for a file system that hangs.
package secret
