// Package modelid knows what Matterport's model IDs look like.
package modelid

const (
	length     = 11 // of a model's ID
	lengthView = 25 // of a view's
)

// Valid reports whether id has the form of a model ID: exactly 11 ASCII letters or digits, such as
// SxQL3iGyoDo. It does not say whether there is such a model. The 25-character IDs of views are not
// model IDs.
func Valid(id string) bool { return len(id) == length && plain(id) }

// ValidView reports whether id has the form of a view's ID: exactly 25 ASCII letters or digits. It does not say whether
// there is such a view.
func ValidView(id string) bool { return len(id) == lengthView && plain(id) }

func plain(id string) bool {
	for i := range len(id) {
		if !alphanumeric[id[i]] {
			return false
		}
	}
	return true
}

// alphanumeric is a table, as every request for a token looks at every character twice.
var alphanumeric = func() (table [256]bool) {
	for _, c := range []byte("0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz") {
		table[c] = true
	}
	return table
}()
