package fleet_test

import (
	"testing"

	"github.com/go-pme/pme/fleet/internal/fleettest"
)

func TestMain(m *testing.M) { fleettest.Main(m) }
