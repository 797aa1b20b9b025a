using Coffer.Access;

namespace Coffer.Objects;

/// <summary>Who sees an object whatever policies say.</summary>
public static class Visibility
{
    /// <summary>
    /// Its account's service keys see it in every state; everybody else only while it is public and READ_ONLY.
    /// </summary>
    public static bool IsVisibleTo(this StoredObject found, Caller caller) =>
        caller.Serves(found.Account) || found is { IsPublic: true, State: ObjectState.ReadOnly };

    /// <param name="decisionId">The decision of a policy that hides it.</param>
    public static StoreException NotFound(string? decisionId = null) =>
        new(StoreErrorCode.ObjectNotFound, "there is no such object") { DecisionId = decisionId };
}
