package tokens

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-pme/pme/fleet/internal/vault"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// version is that of content. A later version of this program may add fields without another one.
const version = 1

// content is an entry as it is sealed.
type content struct {
	V     int `json:",omitempty"` // the version; 0 is 1
	Key   store.Key
	Token string
	Link  string         `json:",omitempty"`
	Until time.Time      `json:"ValidUntil"`
	User  *identity.User `json:",omitempty"`
}

const purpose = "token"

func (s *Store) seal(e *store.Entry) (string, error) {
	text, err := json.Marshal(content{version, e.Key, string(e.Token), string(e.Link), e.ValidUntil, e.User})
	if err != nil {
		return "", fmt.Errorf("fleet: a token cannot be stored: %w", err)
	}
	return s.cfg.Keys.Seal(purpose, text), nil
}

// An unreadable error means that this process cannot read a token, whoever asks for it: its key is retired, or it was stored by
// another version of this program. No replica of this version can give it.
type unreadable struct{ error }

func (u unreadable) Unwrap() error { return u.error }

// Is lets it be passed over where one of a retired key is.
func (unreadable) Is(target error) bool { return target == vault.ErrOtherKey }

var errForm = unreadable{errors.New("fleet: a token in Redis has another form")}

// open returns the entry in a value of the store. Every error is an unreadable one.
func (s *Store) open(value string) (*store.Entry, error) {
	_, rest, _ := strings.Cut(value, "\n") // the position of its claim
	_, sealed, ok := strings.Cut(rest, "\n")
	if !ok {
		return nil, errForm
	}
	text, err := s.cfg.Keys.Open(purpose, sealed)
	if err != nil {
		return nil, unreadable{fmt.Errorf("fleet: a token in Redis cannot be read: %w", err)}
	}
	var c content
	if json.Unmarshal(text, &c) != nil || c.V > version {
		return nil, errForm
	}
	return &store.Entry{
		Key: c.Key, Token: matterport.Secret(c.Token), Link: matterport.Secret(c.Link), ValidUntil: c.Until, User: c.User,
	}, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
