package redis

import (
	"context"
	"fmt"

	"github.com/redis/rueidis"
)

// CheckKind fails if the server is of another kind than the client takes it for: a client that may not ask for the nodes of a
// cluster takes one of them for a single server, and loses it when the fleet moves to another node.
func (c *Conn) CheckKind(ctx context.Context) error {
	client := c.Client()
	if client == nil {
		return ErrDown
	}
	if client.Mode() == rueidis.ClientModeCluster {
		return mayAsk(ctx, client)
	}
	server, err := client.Do(ctx, client.B().Hello().Build()).AsMap()
	if err != nil {
		return nil //nolint:nilerr // it does not say, as some proxies
	}
	mode := server["mode"]
	switch text, _ := mode.ToString(); text {
	case "cluster":
		return fmt.Errorf("%w: NOPERM: this is a cluster, and the user may not ask for its nodes: give it +cluster|slots +cluster|shards", ErrSetup)
	case "sentinel":
		return fmt.Errorf("%w: there is a Sentinel at this address: set Sentinel.Master", ErrSetup)
	}
	return nil
}

// mayAsk fails if the user may not follow a key that is on its way to another node.
func mayAsk(ctx context.Context, client rueidis.Client) error {
	if err := client.Do(ctx, client.B().Asking().Build()).Error(); err != nil {
		return Sort(err)
	}
	return nil
}
