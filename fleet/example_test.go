package fleet_test

import (
	"context"
	"encoding/base64"
	"log"
	"os"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/fleet"
)

// Each replica opens the fleet, and gives it to its handler.
func Example() {
	key, err := base64.StdEncoding.DecodeString(os.Getenv("PME_FLEET_KEY"))
	if err != nil {
		log.Fatal(err)
	}
	f, err := fleet.Open(context.Background(), fleet.Config{URL: os.Getenv("REDIS_URL"), Keys: [][]byte{key}})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	h, err := pme.New(pme.Config{
		Fleet: f, // and Store or Revocations of the login: f.Sessions()
		// ClientID, ClientSecret, Authenticate and Access as without a fleet
	})
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = h.Close() }()
}
