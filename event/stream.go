package event

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"log/slog"
	"math"
	"net/http"
	"slices"
	"time"
)

// A Recorder records every new grant before the user gets the token, for an audit trail that must be complete.
type Recorder interface {
	// Record stores e. If it fails, the user does not get the token, which is deleted. It is not asked
	// again when a token is reused or renewed. It must return when ctx ends, and is called several times at once.
	Record(ctx context.Context, e Event) error
}

// A Listener learns of events, one at a time, in the order in which they were emitted.
type Listener interface {
	// Listen takes e, which it must not change. No request waits for it: while it works, up to
	// Config.Queue events wait, and further ones are dropped, which the log says. A panic in it is
	// logged, and the Listener goes on to get events.
	Listen(e Event)
}

// A LeveledListener is a [Listener] that does not get all events. Without one that gets those of level debug, a request
// for a cached token makes no event, and costs less.
type LeveledListener interface {
	Listener

	// EventLevel returns the lowest level of the events that it gets. It is called once.
	EventLevel() slog.Level
}

// levelOf returns the lowest level of the events that l gets.
func levelOf(l Listener) slog.Level {
	if l, ok := l.(LeveledListener); ok {
		return l.EventLevel()
	}
	return slog.Level(math.MinInt)
}

// Config configures a [Stream]. No field is required: the zero value writes events to the log.
type Config struct {
	// Logger gets a record for each event, before Emit returns. If its handler panics, the record is lost,
	// and the listeners get the event all the same. Default: slog.Default().
	Logger *slog.Logger

	// Recorder is asked before each new grant. Default: none.
	Recorder Recorder

	// Listeners get all events, or those that a [LeveledListener] wants. Default: none.
	Listeners []Listener

	// Queue is how many events may wait for one listener. Default: 1024.
	Queue int

	// Client returns the address of the client that sent a request. Default: the address of the peer,
	// which behind a proxy is the proxy's. Trust a header such as X-Forwarded-For only if the proxy
	// overwrites it. Limits for each address need it, and count by it.
	Client func(*http.Request) string

	// RequestID returns the ID of a request. Default: its X-Request-Id header, which clients can forge
	// unless the proxy overwrites it.
	RequestID func(*http.Request) string

	knowsClients bool // Client was given
}

func (cfg Config) withDefaults() Config {
	cfg.Listeners = slices.Clone(cfg.Listeners)
	cfg.Logger = LoggerOr(cfg.Logger)
	if cfg.Queue == 0 {
		cfg.Queue = 1024
	}
	cfg.knowsClients = cfg.Client != nil
	if !cfg.knowsClients {
		cfg.Client = peer
	}
	if cfg.RequestID == nil {
		cfg.RequestID = requestID
	}
	return cfg
}

func (cfg Config) validate() error {
	var errs []error
	if cfg.Queue < 0 {
		errs = append(errs, errors.New("event: Queue must not be negative"))
	}
	for i, l := range cfg.Listeners {
		if l == nil {
			errs = append(errs, fmt.Errorf("event: Listeners[%d] is nil", i))
		}
	}
	return errors.Join(errs...)
}

// A Stream passes events on. It is safe for concurrent use.
type Stream struct {
	cfg      Config
	queues   []*queue
	counters counters
	namers   namers
}

// New makes a stream. It reports everything that is wrong with cfg.
func New(cfg Config) (*Stream, error) {
	cfg = cfg.withDefaults()
	if err := cfg.validate(); err != nil {
		return nil, err
	}
	s := &Stream{cfg: cfg}
	for _, l := range cfg.Listeners {
		s.queues = append(s.queues, newQueue(l, cfg.Queue, cfg.Logger))
	}
	return s, nil
}

// OrLog returns s, or a stream that only writes to logger if s is nil. A nil logger is slog.Default().
func OrLog(s *Stream, logger *slog.Logger) *Stream {
	if s != nil {
		return s
	}
	return &Stream{cfg: Config{Logger: logger}.withDefaults()}
}

// LoggerOr returns logger, or slog.Default() if it is nil.
func LoggerOr(logger *slog.Logger) *slog.Logger {
	if logger == nil {
		return slog.Default() //nolint:forbidigo // the one place where the default is chosen
	}
	return logger
}

// Kept reports whether the stream has a Recorder or listeners, so that events reach more than the log.
func (s *Stream) Kept() bool { return s.cfg.Recorder != nil || len(s.queues) > 0 }

// Records reports whether the stream has a Recorder.
func (s *Stream) Records() bool { return s.cfg.Recorder != nil }

// Wants reports whether an event of that level would reach anyone. Ask before making an event that is
// frequent. It costs no allocation.
func (s *Stream) Wants(ctx context.Context, level slog.Level) bool {
	for _, q := range s.queues {
		if level >= q.level {
			return true
		}
	}
	return s.cfg.Logger.Enabled(ctx, level)
}

// Emit counts e and passes it on. It fills in ID and Time, the Request that ctx has (see [Context]), and the Names that
// are known.
func (s *Stream) Emit(ctx context.Context, e Event) {
	s.counters.of(e.Kind, e.Reason).Add(1)
	if !s.Wants(ctx, e.Level) {
		return
	}
	e = s.complete(ctx, e)
	survive(func() { write(ctx, s.cfg.Logger, e) })
	for _, q := range s.queues {
		if e.Level >= q.level {
			q.put(e)
		}
	}
}

// Record asks the Recorder, if there is one, before a new grant, and returns e as it was recorded, for Emit
// once the grant is made. If it fails, the grant must not be made. A panic of the Recorder is an error.
func (s *Stream) Record(ctx context.Context, e Event) (Event, error) {
	e = s.complete(ctx, e)
	if s.cfg.Recorder == nil {
		return e, nil
	}
	if err := s.record(ctx, e); err != nil {
		return e, fmt.Errorf("event: the grant is not recorded: %w", err)
	}
	return e, nil
}

func (s *Stream) record(ctx context.Context, e Event) (err error) {
	if stack := survive(func() { err = s.cfg.Recorder.Record(ctx, e) }); stack != nil {
		s.reportPanic("Recorder", stack)
		return errors.New("the recorder panicked: the log says where")
	}
	return err
}

func (s *Stream) complete(ctx context.Context, e Event) Event {
	if e.ID == "" {
		e.ID = rand.Text()
	}
	if e.Time.IsZero() {
		e.Time = time.Now() //nolint:forbidigo // events happen on the clock of this machine, whatever tests inject
	}
	e.boundGroups()
	s.name(&e)
	if e.Request == (Request{}) {
		e.Request = s.Request(ctx)
	}
	return e
}

// Shutdown passes on the events that wait, for as long as ctx allows, and ends the stream's goroutines
// that are not inside a listener. Events that are emitted later go to the log only. It returns the error
// of ctx if events were left. Shutting down twice is no error.
func (s *Stream) Shutdown(ctx context.Context) error {
	var errs []error
	for _, q := range s.queues {
		errs = append(errs, q.close(ctx))
	}
	return errors.Join(errs...)
}
