namespace Coffer.Client;

/// <summary>Accounts and keys of a Coffer server; every call needs a service key.</summary>
/// <remarks>Every method throws <see cref="CofferException"/>: 401 or 403 without the right, 404 for what is unknown.</remarks>
public class AdminClient
{
    private readonly CofferTransport? _transport;

    internal AdminClient(CofferTransport? transport) => _transport = transport;

    /// <summary>For tests that stand in for this client: every member that is called must then be overridden.</summary>
    protected AdminClient()
    {
    }

    private CofferTransport Transport => CofferClient.Require(_transport);

    /// <summary>Creates an account, which sees only objects of its own.</summary>
    /// <param name="name">The account's name; unique on the server.</param>
    /// <param name="jwtSecret">The secret that signs the account's JWTs; null for none.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the account may exist all the same.</param>
    /// <exception cref="CofferException">400 for a name that the server does not take; 409 when it is taken.</exception>
    public virtual Task<AccountView> CreateAccountAsync(
        string name, string? jwtSecret = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(
            AdminRequests.CreateAccount(name, jwtSecret, options), CofferJson.Default.AccountView, cancellationToken);

    /// <inheritdoc cref="CreateAccountAsync"/>
    public virtual AccountView CreateAccount(
        string name, string? jwtSecret = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.CreateAccount(name, jwtSecret, options), CofferJson.Default.AccountView, cancellationToken);

    /// <summary>Fetches every account of the server.</summary>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<IReadOnlyList<AccountView>> ListAccountsAsync(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        (await Transport.SendAsync(AdminRequests.ListAccounts(options), CofferJson.Default.AccountList, cancellationToken)
            .ConfigureAwait(false)).Accounts;

    /// <inheritdoc cref="ListAccountsAsync"/>
    public virtual IReadOnlyList<AccountView> ListAccounts(
        RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.ListAccounts(options), CofferJson.Default.AccountList, cancellationToken).Accounts;

    /// <summary>Creates a key. Its token is in this answer and never again.</summary>
    /// <param name="request">For which account, with which right; null for the server's defaults.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the key may exist all the same.</param>
    /// <exception cref="CofferException">400 for a right that the server does not know; 404 for an account.</exception>
    public virtual Task<CreatedKey> CreateKeyAsync(
        KeyCreateRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(AdminRequests.CreateKey(request ?? new(), options), CofferJson.Default.CreatedKey, cancellationToken);

    /// <inheritdoc cref="CreateKeyAsync"/>
    public virtual CreatedKey CreateKey(
        KeyCreateRequest? request = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.CreateKey(request ?? new(), options), CofferJson.Default.CreatedKey, cancellationToken);

    /// <summary>Fetches the keys, revoked ones included, without their tokens.</summary>
    /// <param name="account">Only this account's; null for every account's.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual async Task<IReadOnlyList<KeyView>> ListKeysAsync(
        string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        (await Transport.SendAsync(AdminRequests.ListKeys(account, options), CofferJson.Default.KeyList, cancellationToken)
            .ConfigureAwait(false)).Keys;

    /// <inheritdoc cref="ListKeysAsync"/>
    public virtual IReadOnlyList<KeyView> ListKeys(
        string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.ListKeys(account, options), CofferJson.Default.KeyList, cancellationToken).Keys;

    /// <summary>Revokes a key: no call with its token succeeds any more.</summary>
    /// <param name="id">The key's identifier, not its token.</param>
    /// <param name="account">The account that the key must be of; null for any whose keys the caller may revoke.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the key may be revoked all the same.</param>
    /// <returns>The key, with the time of its end.</returns>
    /// <exception cref="CofferException">404 for an unknown key, one of another account, or an unknown account.</exception>
    public virtual Task<KeyView> RevokeKeyAsync(
        string id, string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(AdminRequests.RevokeKey(id, account, options), CofferJson.Default.KeyView, cancellationToken);

    /// <inheritdoc cref="RevokeKeyAsync"/>
    public virtual KeyView RevokeKey(
        string id, string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.RevokeKey(id, account, options), CofferJson.Default.KeyView, cancellationToken);

    /// <summary>Removes what has expired, as the server also does by itself. Needs the operator key.</summary>
    /// <param name="confirm">Whether the server's clock was looked at and is right: ends a hold after the clock jumped.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the removal may go on all the same.</param>
    public virtual Task<ReapView> ReapAsync(
        bool confirm = false, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(AdminRequests.Reap(confirm, options), CofferJson.Default.ReapView, cancellationToken);

    /// <inheritdoc cref="ReapAsync"/>
    public virtual ReapView Reap(bool confirm = false, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.Reap(confirm, options), CofferJson.Default.ReapView, cancellationToken);
}
