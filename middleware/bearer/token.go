package bearer

import (
	"errors"
	"fmt"

	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/middleware/internal/token"
)

var errNoBearer = fmt.Errorf("%w: no bearer token", middleware.ErrNotSignedIn)

// explain turns an error about a token into what the gate answers with.
func (b *recognizer) explain(err error) error {
	if errors.Is(err, token.ErrNone) {
		return errNoBearer
	}
	return token.Explain(err, b.cfg.Realm, b.cfg.Scopes)
}
