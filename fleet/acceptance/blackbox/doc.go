// Package blackbox has tests of the examples intranet and oidc as they are run: several processes, one Redis, one Matterport,
// and people who use them by HTTP.
package blackbox
