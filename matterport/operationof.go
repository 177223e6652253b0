package matterport

import "context"

type operationKey struct{}

// OperationOf returns the name of the operation that a request is made for, from the context of the request, for a
// transport in Config.HTTPClient that measures requests. It is empty in other contexts. These are the names:
//
//	applicationToken, authorizationCode, refreshToken          the token endpoint
//	createEmbedLink, createEmbedToken, deleteEmbedToken        embed tokens
//	model, models, places, folder, rootFolder                  reading the Model API
//	addWebhook, webhooks, pingWebhook, removeWebhook           webhooks
//
// A request that is repeated is several requests with one name.
func OperationOf(ctx context.Context) string {
	op, _ := ctx.Value(operationKey{}).(string)
	return op
}

func withOperation(ctx context.Context, op string) context.Context {
	return context.WithValue(ctx, operationKey{}, op)
}
