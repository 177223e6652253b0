package form

import "strings"

// Nearest returns the name that was probably meant, or "" if none is near. Case does not count.
func Nearest(text string, names []string) string {
	best, bestDistance := "", len(text)/3+2
	if len(text) > 64 {
		return ""
	}
	for _, name := range names {
		if d := distance(strings.ToLower(text), strings.ToLower(name)); d < bestDistance {
			best, bestDistance = name, d
		}
	}
	return best
}

// distance returns how many letters must be added, removed or replaced to make b of a (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			replaced := diagonal
			if a[i] != b[j] {
				replaced++
			}
			diagonal = row[j+1]
			row[j+1] = min(replaced, row[j]+1, diagonal+1)
		}
	}
	return row[len(b)]
}
