package oidclogin_test

import (
	"net/http"

	"github.com/go-pme/pme/internal/gatetest"
)

var (
	hashKey  = []byte("0123456789abcdef0123456789abcdef")
	blockKey = []byte("fedcba9876543210fedcba9876543210")
)

var (
	request    = gatetest.Request
	navigation = gatetest.Navigation
	visit      = gatetest.Visit
)

// nothing is a handler and a response writer that cost nothing.
type nothing struct{}

func (nothing) ServeHTTP(http.ResponseWriter, *http.Request) {}
func (nothing) Header() http.Header                          { return nil }
func (nothing) Write(b []byte) (int, error)                  { return len(b), nil }
func (nothing) WriteHeader(int)                              {}
