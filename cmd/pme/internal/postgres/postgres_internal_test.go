package postgres

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"net"
	"strings"
	"testing"

	"github.com/jackc/pgx/v5/pgconn"
)

func TestWhatPassesIsToldFromWhatHasToBeChanged(t *testing.T) {
	untrusted := &tls.CertificateVerificationError{Err: x509.UnknownAuthorityError{}}
	for name, test := range map[string]struct {
		err  error
		away bool
		want string // in the text for the operator
	}{
		"starting":        {&pgconn.PgError{Code: "57P03", Message: "the database system is starting up"}, true, ""},
		"full":            {&pgconn.PgError{Code: "53300", Message: "too many clients already"}, true, ""},
		"cut off":         {&net.OpError{Op: "read", Err: errors.New("connection reset by peer")}, true, ""},
		"no such host":    {&net.DNSError{Err: "no such host", Name: "db.internal", IsNotFound: true}, true, ""},
		"no answer":       {fmt.Errorf("sqlstore: migrate: %w", context.DeadlineExceeded), true, ""},
		"a password":      {&pgconn.PgError{Code: "28P01", Message: `password authentication failed for user "pme"`}, false, "(SQLSTATE 28P01): see that the user, the password"},
		"no right":        {&pgconn.PgError{Code: "42501", Message: "permission denied:\n schema public"}, false, "permission denied, schema public (SQLSTATE 42501): see"},
		"a certificate":   {fmt.Errorf("failed to connect to `user=pme`: %w", untrusted), false, "certificate signed by unknown authority): name the file"},
		"another's error": {errors.New("sqlstore: Keys: the newest is not that of the database"), false, "sqlstore: Keys"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := IsAway(test.err); got != test.away {
				t.Errorf("away: %v", got)
			}
			text := explained(test.err).Error()
			if !strings.Contains(text, test.want) || strings.Contains(text, "user=pme") {
				t.Errorf("%s", text)
			}
			if !errors.Is(explained(test.err), test.err) {
				t.Error("the cause is lost")
			}
		})
	}
}

func TestAnAddressIsNotQuoted(t *testing.T) {
	for _, url := range []string{"postgres://u:hidden@[x/db", "postgres://u:hidden@db/x?sslmode=hidden"} {
		if _, err := Open(url); !errors.Is(err, ErrURL) || strings.Contains(err.Error(), "hidden") || WellFormed(url) {
			t.Errorf("%v", err)
		}
	}
}
