package demo

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
)

// Spaces are those that the emulator has: the ones of the sample allow-list. Their numbers and folders are for allow-lists to try.
var Spaces = []matterporttest.Model{
	{ID: "SxQL3iGyoDo", Name: "Head office", InternalID: "A-1", Folder: "Bern"},
	{ID: "yyHDFKzPzvN", Name: "Warehouse", InternalID: "A-2", Folder: "Bern/Depot"},
	{ID: "JGPnGQ6hosj", Name: "Showroom", InternalID: "A-3", Folder: "Bern"},
	{ID: "Zh14WDtkjdC", Name: "Laboratory", InternalID: "B-1", Folder: "Basel"},
	{ID: "iL4RdJqi2yK", Name: "Guest house", InternalID: "B-2", Folder: "Basel"},
	{ID: "RpcBbeJYb8K", Name: "Data centre", InternalID: "B-3", Folder: "Basel/Vault"},
}

// matterport says how to reach Matterport: as the environment does, or at an emulator with the spaces.
func matterport(env func(string) (string, bool), spaces []matterporttest.Model, log *slog.Logger) (_ pme.Config, closeEmulator func(), _ error) {
	if HasAny(env, "MATTERPORT_CLIENT_ID", "MATTERPORT_CLIENT_SECRET") {
		cfg, err := pme.ConfigFromEnv(env)
		return cfg, func() {}, err
	}
	if spaces == nil {
		spaces = Spaces
	}
	origin, closeEmulator, err := Emulate(matterporttest.Config{Models: spaces}, log)
	if err != nil {
		return pme.Config{}, nil, err
	}
	return pme.Config{
		ClientID:     matterporttest.DefaultClientID,
		ClientSecret: matterporttest.DefaultClientSecret,
		APIURL:       origin,
		Places:       true,
		Pages: pages.Config{
			ShowcaseURL: origin,
			SDKURL:      origin + "/sdk.es6.js",
			SDKKey:      matterporttest.DefaultSDKKey,
		},
	}, closeEmulator, nil
}

// Emulate serves an emulator of Matterport in this process, until it is told to close.
func Emulate(cfg matterporttest.Config, log *slog.Logger) (origin string, closeEmulator func(), _ error) {
	listener, err := (&net.ListenConfig{}).Listen(context.Background(), "tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	origin = "http://" + listener.Addr().String()
	server := &http.Server{Handler: matterporttest.New(cfg), ReadHeaderTimeout: 5 * time.Second}
	go func() { _ = server.Serve(listener) }() // until it is closed
	log.Info("no Matterport credentials in the environment: using an emulator in this process", slog.String("url", origin))
	return origin, func() { _ = server.Close() }, nil
}

// HasAny reports whether the environment holds any of the names, as itself or as a file: half of the
// credentials are a mistake to be reported, not a wish for the emulator.
func HasAny(env func(string) (string, bool), names ...string) bool {
	for _, name := range names {
		for _, suffix := range []string{"", "_FILE"} {
			if value, _ := env(name + suffix); value != "" {
				return true
			}
		}
	}
	return false
}
