package middleware

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"time"

	"github.com/coreos/go-oidc/v3/oidc"
)

// keyDocument is a key set as it was published at some time.
type keyDocument struct {
	oidc.KeySet
	at time.Time
}

// unsigned is a token that no key has signed.
const unsigned = "eyJhbGciOiJSUzI1NiJ9.e30.AA"

// newKeyDocument refuses a document that is not a key set, or has nothing in it.
func newKeyDocument(body []byte, at time.Time) (*keyDocument, error) {
	var set struct {
		Keys []json.RawMessage `json:"keys"`
	}
	if err := json.Unmarshal(body, &set); err != nil {
		return nil, fmt.Errorf("the key set cannot be read: %w", err)
	}
	if len(set.Keys) == 0 {
		return nil, errors.New("the key set is empty")
	}
	client := &http.Client{Transport: published(body)}
	keys := oidc.NewRemoteKeySet(oidc.ClientContext(context.Background(), client), "https://keys.invalid/")
	// go-oidc reads the document with the first token that it is asked about. An error with another one
	// inside is about the document, and one without is its verdict on the token.
	_, err := keys.VerifySignature(context.Background(), unsigned)
	if err == nil || errors.Unwrap(err) != nil {
		return nil, errors.New("the key set has a key that cannot be read")
	}
	return &keyDocument{keys, at}, nil
}

func (d *keyDocument) age(now time.Time) time.Duration {
	if d == nil {
		return keysEnd
	}
	return now.Sub(d.at)
}

// published answers every request with the same key set.
type published []byte

// RoundTrip implements [http.RoundTripper].
func (p published) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{
		StatusCode: http.StatusOK,
		Header:     http.Header{"Content-Type": {"application/json"}},
		Body:       io.NopCloser(bytes.NewReader(p)),
		Request:    r,
	}, nil
}
