package hostjwt

import (
	"errors"
	"fmt"
	"net/http"
	"strings"

	"github.com/go-pme/pme/internal/cookie"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/internal/token"
)

// maxToken is how long a token may be, in bytes.
const maxToken = 8 << 10

const (
	authorization = "Authorization"
	realm         = "pme"
)

var (
	errNone    = fmt.Errorf("%w: no token of the host", middleware.ErrNotSignedIn)
	errExpired = errors.New("the token has expired")
)

const (
	errSeveral token.Malformed = "there are several tokens"
	errLong    token.Malformed = "the token is longer than 8 KiB"
)

// find returns the token of r, or [token.ErrNone].
func (cfg *Config) find(r *http.Request) (string, error) {
	var text string
	var err error
	switch {
	case cfg.Cookie != "":
		text, err = inCookie(r, cfg.Cookie)
	case cfg.Header == authorization:
		text, err = token.Bearer(r)
	case len(r.Header[cfg.Header]) > 1:
		err = errSeveral
	default:
		text = r.Header.Get(cfg.Header)
	}
	switch {
	case err != nil:
		return "", err
	case text == "":
		return "", token.ErrNone
	case len(text) > maxToken: // before it is hashed, to be found among those remembered
		return "", errLong
	}
	return text, nil
}

// inCookie refuses several cookies of the name: a page on a sibling domain may have set one of them.
func inCookie(r *http.Request, name string) (string, error) {
	if value, ok := cookie.Sole(r.Header, name); ok && !strings.HasPrefix(value, `"`) {
		return value, nil
	}
	all := r.CookiesNamed(name)
	switch len(all) {
	case 0:
		return "", token.ErrNone
	case 1:
		return all[0].Value, nil
	}
	return "", errSeveral
}

// explain turns an error about a token into what the gate answers with.
func (cfg *Config) explain(err error) error {
	if errors.Is(err, token.ErrNone) {
		return errNone
	}
	if errors.Is(err, errExpired) {
		if cfg.Cookie != "" {
			return fmt.Errorf("%w: %w", middleware.ErrNotSignedIn, err)
		}
		err = &token.Untrusted{Code: token.InvalidToken, Text: "The token has expired.", Reason: err.Error()}
	}
	err = token.Explain(err, realm, nil)
	var no *middleware.Rejection
	if !errors.As(err, &no) || cfg.Header == authorization {
		return err
	}
	no.Challenge = "" // it is about the Authorization header
	switch {
	case no.Status == http.StatusBadRequest:
		no.Text = "The request must carry one token."
	case cfg.Cookie != "":
		no.Text = "The sign-in of this browser is not valid here. Please sign in again."
	}
	return no
}
