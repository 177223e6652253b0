package control

import (
	"context"
	"errors"
	"fmt"
	"iter"
	"log/slog"
	"net"
	"net/http"
	"os"
	"sync"
	"time"

	"github.com/go-pme/pme"
	"github.com/go-pme/pme/access"
	"github.com/go-pme/pme/audit"
	"github.com/go-pme/pme/event"
	"github.com/go-pme/pme/issuer"
)

const (
	readTime  = 10 * time.Second // for a request
	writeTime = 30 * time.Second // for an answer, or for a part of the trail
	workTime  = 30 * time.Second
	closeTime = 5 * time.Second
	maxConns  = 16
	maxAtOnce = 4
)

// A Target is what operators see and end.
type Target interface {
	// PME returns the handler of the spaces.
	PME() *pme.Handler

	// Policy returns the allow-list.
	Policy() *access.File

	// Trail returns the audit trail, or nil if there is none that can be read.
	Trail() audit.Reader
}

// Config is what a [Server] is made of. Target is required.
type Config struct {
	Target Target

	// Events gets an event for each act. Default: a stream that writes to Logger.
	Events *event.Stream

	// Logger gets a record of what does not work. Default: slog.Default().
	Logger *slog.Logger

	// Version is that of the program.
	Version string
}

// A Server answers operators. [Listen] makes one.
type Server struct {
	cfg      Config
	path     string
	file     os.FileInfo // the socket
	listener net.Listener
	http     *http.Server
	now      func() time.Time
	started  time.Time
	live     func(context.Context) iter.Seq2[issuer.Live, error]
	methods  map[string]method
	working  chan struct{} // has as many places as requests are carried out at a time
	scanning chan struct{} // one goes through the token store at a time
	end      func() error
}

// Listen makes the socket and a server for it. Call Serve, and at the end Close. The error says what the operator can do.
func Listen(path string, cfg Config) (*Server, error) {
	listener, err := makeSocket(path)
	if err != nil {
		return nil, err
	}
	file, err := os.Lstat(path)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("control: the socket is gone at once: %w", err), listener.Close())
	}
	s := newServer(cfg)
	s.path, s.file = path, file
	s.listener = newBounded(listener, maxConns)
	s.http = &http.Server{
		Handler: s, ReadHeaderTimeout: readTime, ReadTimeout: readTime, IdleTimeout: readTime, MaxHeaderBytes: 8 << 10,
		ErrorLog:    slog.NewLogLogger(s.cfg.Logger.Handler(), slog.LevelDebug),
		ConnContext: withPeer,
	}
	s.end = sync.OnceValue(s.shut)
	return s, nil
}

func newServer(cfg Config) *Server {
	cfg.Events, cfg.Logger = event.OrLog(cfg.Events, cfg.Logger), event.LoggerOr(cfg.Logger)
	s := &Server{cfg: cfg, now: time.Now, working: make(chan struct{}, maxAtOnce), scanning: make(chan struct{}, 1)}
	s.started = s.now().UTC().Truncate(time.Second)
	s.live = func(ctx context.Context) iter.Seq2[issuer.Live, error] { return cfg.Target.PME().Issuer().Live(ctx) }
	s.methods = map[string]method{
		"who":     answering(s.who),
		"revoke":  answering(s.revoke),
		"explain": answering(s.explain),
		"report":  answering(s.report),
		"health":  answering(s.health),
		"records": s.records,
	}
	return s
}

// Serve answers until Close, and then returns nil.
func (s *Server) Serve() error {
	if err := s.http.Serve(s.listener); !errors.Is(err, http.ErrServerClosed) {
		return fmt.Errorf("control: %w", err)
	}
	return nil
}

// Close removes the socket and waits a little for requests that are being carried out. Closing twice is no error.
func (s *Server) Close() error { return s.end() }

func (s *Server) shut() error {
	if now, err := os.Lstat(s.path); err == nil && os.SameFile(now, s.file) {
		_ = os.Remove(s.path) // one that stays is replaced at the next start
	}
	ctx, cancel := context.WithTimeout(context.Background(), closeTime)
	defer cancel()
	if s.http.Shutdown(ctx) != nil {
		_ = s.http.Close()
	}
	_ = s.listener.Close() // also if Serve was never called
	return nil
}

type peerKey struct{}

func withPeer(ctx context.Context, conn net.Conn) context.Context {
	if c, ok := conn.(*place); ok {
		conn = c.Conn
	}
	by := unknown
	if p, ok := peerOf(conn); ok {
		by = p.by()
	}
	return context.WithValue(ctx, peerKey{}, by)
}

// operator names who has sent the request.
func operator(ctx context.Context) string {
	if by, ok := ctx.Value(peerKey{}).(string); ok {
		return by
	}
	return unknown
}

// acted emits the event of what an operator did.
func (s *Server) acted(ctx context.Context, e event.Event) {
	e.Kind, e.Level, e.By = event.AdminActed, slog.LevelInfo, operator(ctx)
	s.cfg.Events.Emit(ctx, e)
}
