package demo_test

import (
	"context"
	"io"
	"strings"
	"testing"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/examples/internal/demo"
)

func TestWrongSettingsOfTheFleetAreNamedWithoutTheirValues(t *testing.T) {
	key := strings.Repeat("A", 43) + "="
	for name, test := range map[string]struct {
		env  map[string]string
		want string
	}{
		"no key":              {map[string]string{"REDIS_URL": "redis://127.0.0.1:1"}, "PME_FLEET_KEY"},
		"a short key":         {map[string]string{"REDIS_URL": "redis://127.0.0.1:1", "PME_FLEET_KEY": "hidden"}, "PME_FLEET_KEY"},
		"one of two keys":     {map[string]string{"REDIS_URL": "redis://127.0.0.1:1", "PME_FLEET_KEY": key + ",hidden"}, "PME_FLEET_KEY"},
		"another scheme":      {map[string]string{"REDIS_URL": "http://hidden", "PME_FLEET_KEY": key}, "REDIS_URL"},
		"no URL":              {map[string]string{"REDIS_URL": "hidden", "PME_FLEET_KEY": key}, "REDIS_URL"},
		"a short session key": {map[string]string{"SESSION_KEY": "hidden"}, "SESSION_KEY"},
	} {
		p := demo.Program{Name: "test", Allow: "../../../testdata/allow.yaml", Build: func(demo.Site, pme.Config) (demo.App, error) {
			t.Errorf("%s: the program starts", name)
			return nil, context.Canceled
		}}
		ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
		env := func(name string) (string, bool) { v, ok := test.env[name]; return v, ok }
		err := p.Run(ctx, []string{"-addr", "127.0.0.1:0"}, env, io.Discard, io.Discard)
		cancel()
		if err == nil || !strings.Contains(err.Error(), test.want) || strings.Contains(err.Error(), "hidden") {
			t.Errorf("%s: %v, want an error about %s", name, err, test.want)
		}
	}
}
