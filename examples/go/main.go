// Logs in with golang.org/x/oauth2 and prints the account:
//
//	go mod init login && go get golang.org/x/oauth2    # v0.13.0 or newer
//	go run . http://localhost:3000
//
// No test runs it; docs/clients.md says with what it was run.
package main

import (
	"context"
	"fmt"
	"io"
	"log"
	"os"

	"golang.org/x/oauth2"
)

func main() {
	issuer := os.Args[1]
	config := oauth2.Config{
		ClientID: "go-example",
		Endpoint: oauth2.Endpoint{
			DeviceAuthURL: issuer + "/oauth/device_authorization",
			TokenURL:      issuer + "/oauth/token",
			AuthStyle:     oauth2.AuthStyleInParams,
		},
	}
	ctx := context.Background()
	login, err := config.DeviceAuth(ctx)
	if err != nil {
		log.Fatal(err)
	}
	fmt.Printf("Open %s and enter %s\n", login.VerificationURI, login.UserCode)
	token, err := config.DeviceAccessToken(ctx, login)
	if err != nil {
		log.Fatal(err)
	}
	answer, err := config.Client(ctx, token).Get(issuer + "/api/auth/user/")
	if err != nil {
		log.Fatal(err)
	}
	defer answer.Body.Close()
	io.Copy(os.Stdout, answer.Body)
}
