// Package modelid knows what Matterport's model IDs look like.
package modelid

// length is the number of characters of a model ID.
const length = 11

// Valid reports whether id has the form of a model ID: exactly 11 ASCII letters or digits, such as
// SxQL3iGyoDo. It does not say whether there is such a model. The 25-character IDs of views are not
// model IDs.
func Valid(id string) bool {
	if len(id) != length {
		return false
	}
	for i := range len(id) {
		c := id[i]
		if (c < '0' || c > '9') && (c < 'A' || c > 'Z') && (c < 'a' || c > 'z') {
			return false
		}
	}
	return true
}
