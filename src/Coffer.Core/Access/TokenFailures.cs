namespace Coffer.Access;

/// <summary>What the verifier says of a token that it refuses. Published clients of the Storage API look for these words.</summary>
internal static class TokenFailures
{
    public static StoreException NotCompact() => Of("Invalid Compact JWS");

    public static StoreException BadHeader() => Of("JWS Protected Header is invalid");

    public static StoreException BadClaims() => Of("the payload of the token is not a JSON object");

    public static StoreException WrongSignature() => Of("signature verification failed");

    public static StoreException WrongAlgorithm() => Of("\"alg\" (Algorithm) Header Parameter value not allowed");

    public static StoreException BadTime(string claim) => Of($"\"{claim}\" claim must be a number");

    public static StoreException OutOfTime(string claim) => Of($"\"{claim}\" claim timestamp check failed");

    public static StoreException OfLink() => Of("this token belongs to a signed URL: it opens that URL alone");

    private static StoreException Of(string text) => new(StoreErrorCode.TokenInvalid, text);
}
