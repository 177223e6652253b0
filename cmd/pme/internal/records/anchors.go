package records

import (
	"bufio"
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"os"
	"strings"

	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/cmd/pme/internal/config"
)

const (
	keySize = 32
	maxLine = 1 << 20
)

// Anchors reads anchors from a file: one JSON object on each line, with chain, n, hash and time. The log of pme serve with log.format
// json is such a file: lines that are no anchor are passed over. It is an error if there is no anchor in it.
func Anchors(path string) (anchors []audit.Anchor, err error) {
	f, err := os.Open(path) //nolint:gosec // the operator names it
	if err != nil {
		return nil, fmt.Errorf("the anchors cannot be read: %w", err)
	}
	defer func() { _ = f.Close() }()
	lines := bufio.NewScanner(f)
	lines.Buffer(nil, maxLine)
	for lines.Scan() {
		var a audit.Anchor
		if json.Unmarshal(bytes.TrimSpace(lines.Bytes()), &a) == nil && a.Chain != "" && a.Number > 0 && a.Hash != "" {
			anchors = append(anchors, a)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("the anchors cannot be read: %w", err)
	}
	if len(anchors) == 0 {
		return nil, fmt.Errorf("%s has no anchors: give JSON lines with chain, n, hash and time, such as the lines \"audit anchor\" of the log with log.format json", path)
	}
	return anchors, nil
}

// Keys returns the values of a secret as keys, the newest first. The error quotes no value.
func Keys(path string, from config.Secret) (keys [][]byte, err error) {
	for _, value := range from.Values() {
		for text := range strings.SplitSeq(value, ",") {
			text = strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(strings.TrimSpace(text), "="))
			key, err := base64.RawStdEncoding.DecodeString(text)
			if err != nil || len(key) != keySize {
				return nil, fmt.Errorf("%s: key %d is not %d bytes in base64: make one with pme key new", path, len(keys)+1, keySize)
			}
			keys = append(keys, key)
		}
	}
	return keys, nil
}
