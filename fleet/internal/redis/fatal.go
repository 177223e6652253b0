package redis

import (
	"crypto/tls"
	"errors"
	"strings"

	"github.com/redis/rueidis"
)

// Fatal reports whether an error will not go away by waiting: the operator has to change something.
func Fatal(err error) bool {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	if errors.As(err, &certificate) || errors.As(err, &record) {
		return true
	}
	if errors.Is(err, ErrSetup) {
		return true
	}
	// The client takes ERR off.
	for _, words := range []string{
		"NOAUTH", "WRONGPASS", "NOPERM", "ACL failure in script", "The user executing the script",
		"AUTH <password> called without", "invalid password", "DB index is out of range", "invalid DB index", "SELECT is not allowed",
	} {
		if strings.Contains(err.Error(), words) {
			return true
		}
	}
	return false
}

// IsMemory reports whether the server has no memory left.
func IsMemory(err error) bool {
	answer, ok := rueidis.IsRedisErr(err)
	return ok && strings.HasPrefix(answer.Error(), "OOM")
}
