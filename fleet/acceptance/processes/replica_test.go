//go:build unix

package processes_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/fleet"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/issuer"
	"github.com/go-pme/pme/issuer/store"
)

// replicaVariable has the settings of a process that is a replica.
const replicaVariable = "PME_FLEET_REPLICA"

// settings are what the parent tells a replica.
type settings struct {
	Index     int
	Addresses []string
	Master    string // if the addresses are those of Sentinels
	Password  string
	Namespace string
	Lease     time.Duration

	Board string // a path
	Users int    // whose tokens the readers read

	Minter      string // a URL
	MintTimeout time.Duration
	ClaimLife   time.Duration // instead of what the issuer asks for
}

var fleetKey = []byte("a key of exactly thirty-two bytes")[:32]

// A replica is the process under test.
type replica struct {
	settings
	fleet  *fleet.Fleet
	tokens store.Store
	issuer *issuer.Issuer
	board  *board

	reading sync.WaitGroup
	stop    context.CancelFunc // of the readers
}

// runReplica serves until SIGTERM, or until the parent has ended.
func runReplica(text string) (status int) {
	ctx, cancel := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer cancel()
	go func() { // the parent holds the other end
		_, _ = io.Copy(io.Discard, os.Stdin)
		os.Exit(1)
	}()
	r := new(replica)
	if err := errors.Join(json.Unmarshal([]byte(text), &r.settings), r.serve(ctx)); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return 0
}

func (r *replica) serve(ctx context.Context) error {
	if err := r.open(ctx); err != nil {
		return err
	}
	listener, err := new(net.ListenConfig).Listen(ctx, "tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	server := &http.Server{Handler: r.routes(), ReadHeaderTimeout: time.Minute}
	context.AfterFunc(ctx, func() { _ = server.Shutdown(context.Background()) })
	fmt.Println("http://" + listener.Addr().String())
	_ = server.Serve(listener)
	return r.close(server)
}

// close drains, as an application does on SIGTERM.
func (r *replica) close(server *http.Server) error {
	err := server.Shutdown(context.Background())
	if r.stop != nil {
		r.stop()
	}
	r.reading.Wait()
	return errors.Join(err, r.issuer.Close(), r.fleet.Close())
}

func (r *replica) open(ctx context.Context) (err error) {
	cfg := fleet.Config{
		Addresses: r.Addresses, Password: r.Password, Keys: [][]byte{fleetKey}, Namespace: r.Namespace, Lease: r.Lease,
		Sentinel: fleet.Sentinel{Master: r.Master},
		Logger:   slog.New(slog.NewTextHandler(os.Stderr, nil)).With("replica", r.Index),
	}
	if r.fleet, err = fleet.Open(ctx, cfg); err != nil {
		return err
	}
	r.tokens = r.fleet.Tokens()
	if r.ClaimLife != 0 {
		r.tokens = shortClaims{r.tokens, r.ClaimLife}
	}
	if r.board, _, err = openBoard(r.Board); err != nil {
		return err
	}
	r.issuer, err = issuer.New(issuer.Config{
		Matterport: &minter{url: r.Minter}, Store: r.tokens, MintTimeout: r.MintTimeout, MintBurst: 1_000_000,
		Policy: access.Func(func(context.Context, *identity.User, string) (bool, error) { return true, nil }),
		Logger: slog.New(slog.DiscardHandler),
	})
	return err
}

// shortClaims gives claims less time than the mint takes, as a process that is stopped while it mints sees it.
type shortClaims struct {
	store.Store
	life time.Duration
}

func (s shortClaims) Claim(ctx context.Context, key store.Key, mark store.Mark, _ time.Duration) (store.Claim, error) {
	return s.Store.Claim(ctx, key, mark, s.life)
}

func (s shortClaims) OnEvict(f func(store.Selector)) (stop func()) {
	return s.Store.(store.Notifier).OnEvict(f)
}

func (s shortClaims) Await(key store.Key) (put <-chan struct{}, leave func()) {
	return s.Store.(store.Awaiter).Await(key)
}
