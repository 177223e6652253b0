package serve

import (
	"encoding/base64"
	"strconv"
	"strings"

	"github.com/go-pme/pme/cmd/pme/internal/config"
)

const keySize = 32

// keys reads the values of a secret as keys of 32 bytes in base64, the newest first. Commas stand between keys in the environment of
// programs that came before this one.
func keys(path string, from config.Secret, problems *Problems) [][]byte {
	var all [][]byte
	for _, value := range from.Values() {
		for text := range strings.SplitSeq(value, ",") {
			key, ok := parseKey(text)
			if !ok {
				problems.add(path, "key "+strconv.Itoa(len(all)+1)+" is not "+strconv.Itoa(keySize)+" bytes in base64: make one with pme key new")
				return nil
			}
			all = append(all, key)
		}
	}
	return all
}

// parseKey reads either alphabet of base64, with or without padding.
func parseKey(text string) (key []byte, ok bool) {
	text = strings.TrimRight(strings.TrimSpace(text), "=")
	text = strings.NewReplacer("-", "+", "_", "/").Replace(text)
	key, err := base64.RawStdEncoding.DecodeString(text)
	return key, err == nil && len(key) == keySize
}
