package tokens

import (
	"encoding/json"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer/store"
	"github.com/go-pme/pme/matterport"
)

// content is an entry as it is sealed.
type content struct {
	Key   store.Key
	Token string
	Link  string         `json:",omitempty"`
	Until time.Time      `json:"ValidUntil"`
	User  *identity.User `json:",omitempty"`
}

const purpose = "token"

func (s *Store) seal(e *store.Entry) (string, error) {
	text, err := json.Marshal(content{e.Key, string(e.Token), string(e.Link), e.ValidUntil, e.User})
	if err != nil {
		return "", fmt.Errorf("fleet: a token cannot be stored: %w", err)
	}
	return s.cfg.Keys.Seal(purpose, text), nil
}

// open returns the entry in a value of the store, and until when it is valid, in Unix milliseconds.
func (s *Store) open(value string) (*store.Entry, error) {
	_, rest, _ := strings.Cut(value, "\n") // the position of its claim
	_, sealed, ok := strings.Cut(rest, "\n")
	if !ok {
		return nil, errors.New("fleet: a token in Redis has another form")
	}
	text, err := s.cfg.Keys.Open(purpose, sealed)
	if err != nil {
		return nil, fmt.Errorf("fleet: a token in Redis cannot be read: %w", err)
	}
	var c content
	if err := json.Unmarshal(text, &c); err != nil {
		return nil, fmt.Errorf("fleet: a token in Redis has another form: %w", err)
	}
	return &store.Entry{
		Key: c.Key, Token: matterport.Secret(c.Token), Link: matterport.Secret(c.Link), ValidUntil: c.Until, User: c.User,
	}, nil
}

func milliseconds(d time.Duration) string { return strconv.FormatInt(d.Milliseconds(), 10) }
