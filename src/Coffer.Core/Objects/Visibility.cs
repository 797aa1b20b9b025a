using Coffer.Access;

namespace Coffer.Objects;

/// <summary>Who sees an object and who may change it. The one place where this is decided.</summary>
public static class Visibility
{
    /// <summary>
    /// Its account's service keys see it in every state; everybody else only while it is public and READ_ONLY.
    /// </summary>
    public static bool IsVisibleTo(this StoredObject found, Caller caller) =>
        caller.Serves(found.Account) || found is { IsPublic: true, State: ObjectState.ReadOnly };

    /// <exception cref="StoreException">ObjectNotFound, the same for hidden and missing.</exception>
    public static StoredObject RequireVisible(this StoredObject? found, Caller caller) =>
        found is not null && found.IsVisibleTo(caller) ? found : throw NotFound();

    /// <exception cref="StoreException">ObjectNotFound when hidden or missing; AccessDenied when it can be seen but belongs to others.</exception>
    public static StoredObject RequireOwned(this StoredObject? found, Caller caller)
    {
        StoredObject visible = found.RequireVisible(caller);
        return caller.Serves(visible.Account)
            ? visible
            : throw new StoreException(StoreErrorCode.AccessDenied, "this object belongs to another account: only its owner changes it");
    }

    /// <param name="decisionId">The decision of a policy that hides it; null when none does.</param>
    public static StoreException NotFound(string? decisionId = null) =>
        new(StoreErrorCode.ObjectNotFound, "there is no such object") { DecisionId = decisionId };
}
