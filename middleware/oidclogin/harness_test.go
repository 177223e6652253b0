package oidclogin_test

import (
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

type nothing = gatetest.Nothing
