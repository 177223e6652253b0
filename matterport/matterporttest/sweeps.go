package matterporttest

import (
	"crypto/sha256"
	"math/big"
	"regexp"
	"strconv"
)

const (
	sweepCount    = 6  // the places where a visitor to the stand-in can stand
	sweepIDLength = 25 // lower-case letters and digits, as at Matterport
)

// sweepsOf are the IDs of a model's sweeps, in the order in which the address parameter ss counts them.
// They follow from the model's ID alone: the page says the same about a model that does not exist.
func sweepsOf(model string) []string {
	ids := make([]string, sweepCount)
	for i := range ids {
		sum := sha256.Sum256([]byte(model + " sweep " + strconv.Itoa(i+1)))
		ids[i] = new(big.Int).SetBytes(sum[:]).Text(36)[:sweepIDLength]
	}
	return ids
}

var languageTag = regexp.MustCompile(`^[A-Za-z]{2,3}(-[A-Za-z0-9]{2,8})*$`)

// pageLanguage is the language that the page declares. Its words stay English.
func pageLanguage(lang string) string {
	if languageTag.MatchString(lang) {
		return lang
	}
	return "en"
}
