// The server of the browser tests: a site with pme in it, an emulator of Matterport, the packages that npm
// installed, and a page of another origin, each on a free port of this machine. Its clock, its failures and
// its people are moved by requests to /test/.
//
// The Showcase SDK of the packages is Matterport's; it is served here for tests alone, and from nowhere else.
package main

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/matterport/matterporttest"
	"github.com/go-pme/pme/pages"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if err := run(ctx, os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("server", flag.ContinueOnError)
	packages := flags.String("packages", "node_modules", "`directory` that npm installed into")
	spa := flags.String("spa", "../spa/page", "`directory` with the page of the other origin")
	sdk := flags.String("sdk", "real", "real: the npm packages; own: the emulator's module; none: no SDK key")
	validFor := flags.Duration("valid-for", 10*time.Minute, "how long a token lives")
	refreshBefore := flags.Duration("refresh-before", 2*time.Minute, "how much of its life a token must have left to be given out again")
	integrity := flags.Bool("integrity", false, "configure the SDK's Subresource Integrity")
	many := flags.Int("models", 3, "how many models alice may see")
	compress := flags.Bool("compress", false, "compress answers, those of the emulator and of the packages too")
	full := flags.Bool("full", false, "a site with a home page, three languages, folders, and names that are hard to show")
	administrators := flags.Bool("admin", false, "pages for the administrator root below /pme-admin/, and a gate that can end sessions")
	operated := flags.String("operated", "", "allow-list `file` of a site as operators run it: a login at a provider, an audit trail, webhooks, and pages for the administrator root")
	development := flags.Bool("development", false, "the OAuth application is in Development Mode")
	if err := flags.Parse(args); err != nil {
		return err
	}

	var listeners [4]net.Listener
	var origins [4]string
	for i := range listeners {
		l, err := (&net.ListenConfig{}).Listen(ctx, "tcp", "127.0.0.1:0")
		if err != nil {
			return err
		}
		listeners[i], origins[i] = l, "http://"+l.Addr().String()
	}
	site, emulator, npm, other := origins[0], origins[1], origins[2], origins[3]

	var ahead atomic.Int64
	start := time.Now()
	now := func() time.Time {
		if *operated != "" { // time goes by
			return time.Now().Add(time.Duration(ahead.Load()))
		}
		return start.Add(time.Duration(ahead.Load()))
	}
	spaces := models(*many)
	up := matterporttest.Config{
		Models: spaces, Now: now,
		OAuth: matterporttest.OAuthApp{Name: "Partner Portal", Production: !*development},
	}
	log := slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelWarn}))
	cfg := pme.Config{
		ClientID: matterporttest.DefaultClientID, ClientSecret: matterporttest.DefaultClientSecret,
		APIURL:   emulator,
		ValidFor: *validFor, RefreshBefore: *refreshBefore, MintBurst: 1000,
		Pages: pages.Config{
			ShowcaseURL: emulator, SDKURL: emulator + "/sdk.es6.js", SDKKey: matterporttest.DefaultSDKKey,
			AllowedOrigins: []string{other}, Title: "Spaces",
		},
		Logger: log,
	}
	if *full {
		up.Models = furnished(spaces)
		cfg.Places, cfg.Pages.Title, cfg.Pages.HomeURL, cfg.Pages.SignOutURL = true, "", "/blank", "/login"
		cfg.Pages.Languages = []pages.Strings{{Lang: "en"}, {Lang: "de"}, {Lang: "ar"}}
	}
	sdkFile := filepath.Join(*packages, "@matterport/sdk/dist/index.esm.js")
	switch *sdk {
	case "real":
		up.SDKClientURL = npm + "/@matterport/webcomponent/built-bundle/sdk/sdk-client.js"
		cfg.Pages.SDKURL = npm + "/@matterport/sdk/dist/index.esm.js"
	case "none":
		cfg.Pages.SDKKey = ""
	}
	if *integrity {
		content, err := os.ReadFile(sdkFile)
		if err != nil {
			return err
		}
		sum := sha256.Sum256(content)
		cfg.Pages.SDKIntegrity = "sha256-" + base64.StdEncoding.EncodeToString(sum[:])
	}

	s := &stage{people: newPeople(spaces), emulator: matterporttest.New(up), origin: emulator, ahead: &ahead, now: now}
	err := s.build(ctx, cfg, wish{site, emulator, *validFor, *administrators, *operated})
	if err != nil {
		return errors.Join(err, s.close())
	}

	servers := []http.Handler{s.routes(), s.emulator, packagesFrom(*packages), spaFrom(*spa, site)}
	running := make([]*http.Server, len(servers))
	for i, next := range servers {
		if *compress {
			next = compressed(next)
		}
		running[i] = &http.Server{Handler: next, ReadHeaderTimeout: 5 * time.Second}
		go func() { _ = running[i].Serve(listeners[i]) }()
	}
	_ = json.NewEncoder(os.Stdout).Encode(map[string]string{"site": site, "emulator": emulator, "npm": npm, "spa": other})
	<-ctx.Done()
	var errs []error
	for _, server := range running {
		errs = append(errs, server.Close())
	}
	return errors.Join(append(errs, s.close())...)
}

func models(n int) []matterporttest.Model {
	names := []string{"Head office", "Warehouse", "Showroom", "Laboratory", "Guest house", "Data centre", "Canteen", "Archive", "Workshop"}
	ids := []string{"SxQL3iGyoDo", "yyHDFKzPzvN", "JGPnGQ6hosj"}
	var out []matterporttest.Model
	for i := range n {
		m := matterporttest.Model{ID: fmt.Sprintf("Space%06d", i), Name: fmt.Sprintf("%s %d", names[i%len(names)], i/len(names)+1)}
		if i < len(ids) {
			m.ID, m.Name = ids[i], names[i]
		}
		out = append(out, m)
	}
	return out
}

// furnished gives the models folders, towns and numbers, and some of them other names.
func furnished(spaces []matterporttest.Model) []matterporttest.Model {
	names := map[int]string{
		3: "المبنى الرئيسي، الطابق ٣ — قاعة الاجتماعات الكبيرة",
		4: "Rechtsschutzversicherungsgesellschaftshauptverwaltungsgebäude Süd",
		5: "Laboratory 13 <script>alert(1)</script>",
	}
	towns := []matterporttest.Address{{City: "Bern", Country: "Switzerland"}, {City: "Graz", Country: "Austria"}, {}}
	for i := range spaces {
		if name, ok := names[i]; ok {
			spaces[i].Name = name
		}
		spaces[i].InternalID = fmt.Sprintf("A-%d", i+1)
		spaces[i].Folder = []string{"Plant 3", "Plant 13/Halls", ""}[i%3]
		spaces[i].Address = towns[i%3]
	}
	return spaces
}

// packagesFrom serves what npm installed, to modules of other origins too.
func packagesFrom(dir string) http.Handler {
	files := http.FileServer(http.Dir(dir))
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Access-Control-Allow-Origin", "*")
		files.ServeHTTP(w, r)
	})
}
