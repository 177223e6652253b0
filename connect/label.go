package connect

import (
	"context"
	"log/slog"
	"strings"
	"unicode/utf8"

	"github.com/go-pme/pme/connect/store"
	"github.com/go-pme/pme/identity"
	"github.com/go-pme/pme/internal/legible"
)

// maxLabel is the longest label, in characters.
const maxLabel = 100

// readLabel returns a label without the spaces around it. Labels tell accounts apart, so one that looks like another
// or like none, by characters that are not seen, is refused.
func readLabel(text string) (string, error) {
	text = strings.TrimSpace(text)
	_, faulty := legible.InName(text)
	if faulty || !utf8.ValidString(text) || utf8.RuneCountInString(text) > maxLabel {
		return "", ErrInvalid
	}
	return text, nil
}

// Rename gives the connection of u with that ID, or the only one that u has where id is empty, another label, as
// [Request.Label] describes: [ErrInvalid], [ErrNotConnected], [ErrSeveral]. An empty label takes the name away. It
// waits for a renewal in progress. Matterport is not told.
func (c *Connections) Rename(ctx context.Context, u *identity.User, id, label string) (Connection, error) {
	label, err := readLabel(label)
	if err != nil {
		return Connection{}, err
	}
	found, err := c.find(ctx, u, id)
	if err != nil {
		return Connection{}, err
	}
	ctx, cancel := context.WithTimeout(ctx, workTime)
	defer cancel()
	var renamed Connection
	err = c.update(ctx, found.Key, func(_ context.Context, r *store.Record) error {
		r.Label = label
		renamed = newConnection(r)
		return nil
	})
	if err != nil {
		return Connection{}, c.notFound(ctx, err, ErrNotConnected)
	}
	c.log.LogAttrs(ctx, slog.LevelInfo, "connection renamed", slog.String("user", found.User), slog.String("connection", found.ID))
	return renamed, nil
}
