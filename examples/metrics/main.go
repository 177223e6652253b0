// Metrics is an intranet whose metrics Prometheus can scrape, on an emulator of Matterport:
//
//	go run ./examples/metrics
//	curl http://127.0.0.1:9090/metrics
//
// Everyone is signed in as alice.
package main

import (
	"context"
	"errors"
	"log"
	"net/http"
	"os/signal"
	"syscall"
	"time"

	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/exporters/prometheus"
	"go.opentelemetry.io/otel/sdk/metric"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/middleware"
	"github.com/go-pme/pme/telemetry"
)

// measured makes the handler and its metrics, which promhttp.Handler serves.
func measured(emulator *matterporttest.Running) (*pme.Handler, *telemetry.Telemetry, error) {
	exporter, err1 := prometheus.New()
	events, err2 := event.New(event.Config{})
	if err := errors.Join(err1, err2); err != nil {
		return nil, nil, err
	}
	t, err := telemetry.New(telemetry.Config{Events: events, MeterProvider: metric.NewMeterProvider(metric.WithReader(exporter))})
	if err != nil {
		return nil, nil, err
	}
	gate, err1 := middleware.New(middleware.Func(func(*http.Request) (identity.User, error) {
		return identity.User{ID: "alice"}, nil
	}), middleware.Config{Events: events})
	cfg, err2 := pme.ConfigFromEnv(emulator.LookupEnv) // os.LookupEnv with your own Matterport account
	cfg.HTTPClient = &http.Client{Transport: t.Transport(nil)}
	cfg.Authenticate, cfg.Events = gate, events
	cfg.Access = access.List{{Users: []string{"alice"}, Models: []string{"*"}}}
	h, err3 := pme.New(cfg)
	t.UseHealth(h.Health())
	return h, t, errors.Join(err1, err2, err3)
}

func main() {
	emulator, err := matterporttest.Start("", matterporttest.Config{})
	if err != nil {
		log.Fatal(err)
	}
	h, t, err := measured(emulator)
	if err != nil {
		log.Fatal(err)
	}
	mux := http.NewServeMux()
	h.Mount(mux, "/pme")
	server := &http.Server{Addr: "127.0.0.1:8080", Handler: mux, ReadHeaderTimeout: 5 * time.Second}
	scraped := &http.Server{Addr: "127.0.0.1:9090", Handler: promhttp.Handler(), ReadHeaderTimeout: 5 * time.Second} // not public
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	for _, s := range []*http.Server{server, scraped} {
		go func() { log.Print(s.ListenAndServe()); stop() }()
	}
	log.Print("open http://127.0.0.1:8080/pme/, then look at http://127.0.0.1:9090/metrics")
	<-ctx.Done()
	if err := errors.Join(server.Shutdown(context.Background()), scraped.Shutdown(context.Background()), t.Close(), h.Close()); err != nil {
		log.Fatal(err)
	}
}
