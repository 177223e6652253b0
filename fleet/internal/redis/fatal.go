package redis

import (
	"crypto/tls"
	"errors"
	"strings"
)

// A cause is an error that will not go away by waiting, and what to correct.
type cause struct{ words, remedy string }

const (
	credentials = "Redis does not accept the credentials: correct Username, and Password or PasswordFile, or those of Sentinel"
	rights      = "Redis refuses a command or a key: give the user the rights that docs/fleet.md names"
	database    = "Redis does not have this database: correct the one in URL"
)

// causes are by what the error says, without the ERR that some begin with.
var causes = []cause{
	{"remote error: tls: internal error", ""},
	{"remote error: tls:", "Redis does not accept this client's side of TLS, perhaps its certificate: correct TLS.Certificates"},
	{"NOAUTH", credentials},
	{"WRONGPASS", credentials},
	{"invalid password", credentials},
	{"AUTH <password> called", credentials},
	{"Client sent AUTH", credentials},
	{"NOPERM", rights},
	{"ACL failure in script", rights},
	{"The user executing the script", rights},
	{"DB index", database},
	{"invalid DB index", database},
	{"SELECT is not allowed", database},
	{"No such master", "the Sentinels at Addresses do not watch this server: correct Sentinel.Master"},
	{"cluster support disabled", "these servers are no cluster: give one of Addresses, or those of Sentinels with Sentinel.Master"},
	{"unknown command 'SENTINEL'", "there is no Sentinel at this address: correct Addresses, or leave Sentinel.Master out"},
}

// remedy returns what to correct, or "" if the error can go away by waiting.
func remedy(err error) string {
	var certificate *tls.CertificateVerificationError
	var record tls.RecordHeaderError
	switch {
	case errors.As(err, &certificate):
		return "the certificate of Redis is not trusted: correct TLS.RootCAs or TLS.ServerName"
	case errors.As(err, &record):
		return "Redis does not speak TLS here: leave TLS out, and write redis:// instead of rediss://"
	}
	for _, c := range causes {
		if strings.Contains(err.Error(), c.words) {
			return c.remedy
		}
	}
	return ""
}

// Fatal reports whether an error will not go away by waiting: the operator has to change something.
func Fatal(err error) bool { return errors.Is(err, ErrSetup) || remedy(err) != "" }
