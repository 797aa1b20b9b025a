using System.Text.Json;

namespace Coffer.Client;

/// <summary>Accounts, keys and policies of a Coffer server; every call needs a service key.</summary>
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

    /// <summary>Fetches the policies of an account, in the order in which they were added.</summary>
    /// <param name="account">The account's name, for the operator; null for the caller's own.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual Task<PolicyList> ListPoliciesAsync(
        string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(AdminRequests.ListPolicies(account, options), CofferJson.Default.PolicyList, cancellationToken);

    /// <inheritdoc cref="ListPoliciesAsync"/>
    public virtual PolicyList ListPolicies(
        string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.ListPolicies(account, options), CofferJson.Default.PolicyList, cancellationToken);

    /// <summary>Adds policies, each in the place of the one with its name. Every decision after the answer follows them.</summary>
    /// <param name="policies">Policies as JSON, or presets: objects with <c>preset</c> and <c>bucket</c>.</param>
    /// <param name="replaceAll">Whether all others are removed.</param>
    /// <param name="account">The account's name, for the operator; null for the caller's own.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the policies may be changed all the same.</param>
    /// <returns>The policies that were put, presets written out.</returns>
    /// <exception cref="CofferException">400 for a policy that breaks a rule; the message names the member.</exception>
    public virtual Task<PolicyChangeView> PutPoliciesAsync(
        IEnumerable<JsonElement> policies, bool replaceAll = false, string? account = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Transport.SendAsync(
            AdminRequests.PutPolicies(policies, replaceAll, account, options), CofferJson.Default.PolicyChangeView, cancellationToken);

    /// <inheritdoc cref="PutPoliciesAsync"/>
    public virtual PolicyChangeView PutPolicies(
        IEnumerable<JsonElement> policies, bool replaceAll = false, string? account = null, RequestOptions? options = null,
        CancellationToken cancellationToken = default) =>
        Transport.Send(
            AdminRequests.PutPolicies(policies, replaceAll, account, options), CofferJson.Default.PolicyChangeView, cancellationToken);

    /// <summary>Removes a policy, or all of them.</summary>
    /// <param name="name">The policy's name; null for all of the account.</param>
    /// <param name="account">The account's name, for the operator; null for the caller's own.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call; the policies may be removed all the same.</param>
    /// <returns>How many were removed; 0 when there was none of this name.</returns>
    public virtual Task<PolicyChangeView> RemovePoliciesAsync(
        string? name, string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(AdminRequests.RemovePolicies(name, account, options), CofferJson.Default.PolicyChangeView, cancellationToken);

    /// <inheritdoc cref="RemovePoliciesAsync"/>
    public virtual PolicyChangeView RemovePolicies(
        string? name, string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.RemovePolicies(name, account, options), CofferJson.Default.PolicyChangeView, cancellationToken);

    /// <summary>Asks what policies say to a call that is only described. Nothing is done or kept.</summary>
    /// <param name="question">Who wants to do what with which object.</param>
    /// <param name="account">The account's name, for the operator; null for the caller's own.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    public virtual Task<PolicyExplanation> TestPoliciesAsync(
        PolicyQuestion question, string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(AdminRequests.TestPolicies(question, account, options), CofferJson.Default.PolicyExplanation, cancellationToken);

    /// <inheritdoc cref="TestPoliciesAsync"/>
    public virtual PolicyExplanation TestPolicies(
        PolicyQuestion question, string? account = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.TestPolicies(question, account, options), CofferJson.Default.PolicyExplanation, cancellationToken);

    /// <summary>Explains why policies refused a call, for a week after it.</summary>
    /// <param name="id">The decision's id, <see cref="CofferException.DecisionId"/> of the refusal.</param>
    /// <param name="options">What this call does differently.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="CofferException">404 for an unknown or forgotten decision, or one of another account.</exception>
    public virtual Task<PolicyExplanation> ExplainDecisionAsync(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.SendAsync(AdminRequests.ExplainDecision(id, options), CofferJson.Default.PolicyExplanation, cancellationToken);

    /// <inheritdoc cref="ExplainDecisionAsync"/>
    public virtual PolicyExplanation ExplainDecision(
        string id, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        Transport.Send(AdminRequests.ExplainDecision(id, options), CofferJson.Default.PolicyExplanation, cancellationToken);

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
