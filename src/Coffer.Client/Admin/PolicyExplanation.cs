using System.Text.Json;
using System.Text.Json.Serialization;

namespace Coffer.Client;

/// <summary>Why policies allowed or refused a call.</summary>
public sealed record PolicyExplanation
{
    /// <summary>The decision's id; null for a call that was only described.</summary>
    public string? Id { get; init; }

    /// <summary>When it was decided, in milliseconds since 1970-01-01 UTC; null for a call that was only described.</summary>
    public long? DecidedAtMs { get; init; }

    /// <summary>Whether the call is allowed.</summary>
    public bool Allowed { get; init; }

    /// <summary>The outcome in a sentence.</summary>
    public string Reason { get; init; } = "";

    /// <summary>The operation that was asked for, such as <c>object.upload</c>.</summary>
    public string Operation { get; init; } = "";

    /// <summary>What of <c>select</c>, <c>insert</c>, <c>update</c> and <c>delete</c> had to be allowed.</summary>
    public IReadOnlyList<string> Verbs { get; init => field = value ?? []; } = [];

    /// <summary>The name of the bucket.</summary>
    public string Bucket { get; init; } = "";

    /// <summary>The object's key; null for a bucket, and for an object without one yet.</summary>
    public string? Key { get; init; }

    /// <summary>For whom the caller was taken; null when the server does not say.</summary>
    public PolicyCaller? Caller { get; init; }

    /// <summary>What every rule said, by verb: a JSON array of objects with <c>verb</c>, <c>row</c>, <c>allowed</c> and <c>rules</c>.</summary>
    public IReadOnlyList<JsonElement> Verdicts { get; init => field = value ?? []; } = [];

    /// <summary>The smallest policies that would allow this call and no other; empty when it is allowed.</summary>
    public IReadOnlyList<JsonElement> Suggested { get; init => field = value ?? []; } = [];

    /// <summary>Every field of the answer that has no property here, by its name on the wire; null when there is none.</summary>
    [JsonExtensionData]
    public IDictionary<string, JsonElement>? ExtraFields { get; set; }
}

/// <summary>For whom a caller was taken.</summary>
public sealed record PolicyCaller
{
    /// <summary>The role, such as <c>authenticated</c>.</summary>
    public string Role { get; init; } = "";

    /// <summary>The user's id; null for none.</summary>
    public string? Subject { get; init; }

    /// <summary>The id of the key that was used; null for a token.</summary>
    public string? Key { get; init; }
}
