using Coffer.Access;
using Coffer.Catalog;
using Coffer.Objects;
using Coffer.Policies;

namespace Coffer.Buckets;

/// <summary>Buckets, for every dialect: decides who may, and answers only for what is durable.</summary>
public sealed class BucketStore(ICatalog catalog, PolicyGate policies, StoreLimits limits)
{
    private const string NotAllowed = "no policy lets this caller make buckets";

    /// <summary>Makes a bucket in the caller's account.</summary>
    /// <exception cref="StoreException">
    /// AccessDenied, InvalidArgument, InvalidBucketName, InvalidMediaType, TooLarge for a limit above the installation's, BucketExists.
    /// </exception>
    public async Task<Bucket> CreateAsync(Caller caller, BucketDraft wanted, CancellationToken cancellationToken)
    {
        AccountId account = caller.Account ?? throw default(Decision).Refusal(NotAllowed);
        BucketRules.CheckName(wanted.Name);
        BucketRules.CheckUnreserved(wanted.Name);
        string? title = wanted.Title == wanted.Name ? null : wanted.Title;
        if (title is not null)
        {
            BucketRules.CheckName(title);
            BucketRules.CheckUnreserved(title);
        }

        BucketRules.CheckSizeLimit(wanted.SizeLimitBytes, limits);
        long nowMs = catalog.NowMs;
        var bucket = new Bucket
        {
            Account = account,
            Name = wanted.Name,
            Title = title,
            Owner = caller.Subject,
            IsPublic = wanted.IsPublic,
            SizeLimitBytes = wanted.SizeLimitBytes,
            AllowedMediaTypes = BucketRules.CheckMediaTypes(wanted.AllowedMediaTypes),
            CreatedAtMs = nowMs,
            UpdatedAtMs = nowMs,
        };
        Decision decision = await policies.DecideAsync(caller, bucket, PolicyVerbs.Insert, cancellationToken);
        if (!decision.IsAllowed)
        {
            throw decision.Refusal(NotAllowed);
        }

        return await catalog.AddBucketAsync(bucket, cancellationToken)
            ?? throw new StoreException(StoreErrorCode.BucketExists, $"there is a bucket '{wanted.Title ?? wanted.Name}' already");
    }

    /// <exception cref="StoreException">BucketNotFound, the same for hidden, foreign and missing.</exception>
    public ValueTask<Bucket> GetAsync(Caller caller, string name, CancellationToken cancellationToken) =>
        RequireAsync(caller, name, PolicyVerbs.Select, cancellationToken);

    /// <summary>The account's buckets that the caller may select.</summary>
    public async ValueTask<IReadOnlyList<Bucket>> ListAsync(Caller caller, BucketQuery query, CancellationToken cancellationToken)
    {
        var shown = new List<Bucket>();
        foreach (Bucket bucket in caller.Account is { } account ? await catalog.ListBucketsAsync(account, cancellationToken) : [])
        {
            if ((query.NameContains is null || bucket.ShownName.Contains(query.NameContains, StringComparison.OrdinalIgnoreCase))
                && await policies.AllowsAsync(caller, bucket, PolicyVerbs.Select, cancellationToken))
            {
                shown.Add(bucket);
            }
        }

        shown.Sort((left, right) => query.Descending ? Compare(right, left, query.Sort) : Compare(left, right, query.Sort));
        return [.. shown.Skip(query.Offset).Take(query.Limit ?? int.MaxValue)];
    }

    /// <summary>From the answer on, a bucket made private opens nothing by URL alone.</summary>
    /// <exception cref="StoreException">BucketNotFound, also when a policy refuses; TooLarge, InvalidArgument, InvalidMediaType.</exception>
    public async Task<Bucket> UpdateAsync(Caller caller, string name, BucketChange change, CancellationToken cancellationToken)
    {
        BucketRules.CheckSizeLimit(change.SizeLimitBytes, limits);
        IReadOnlyList<string>? allowed = BucketRules.CheckMediaTypes(change.AllowedMediaTypes);
        Bucket bucket = await RequireAsync(caller, name, PolicyVerbs.Select | PolicyVerbs.Update, cancellationToken);
        BucketChange settled = change with
        {
            AllowedMediaTypes = allowed,
            ClearMediaTypes = change.ClearMediaTypes || (change.AllowedMediaTypes is not null && allowed is null),
        };
        return await catalog.ChangeBucketAsync(bucket.Id, settled, cancellationToken) ?? throw NotFound();
    }

    /// <summary>Removes an empty bucket.</summary>
    /// <exception cref="StoreException">
    /// BucketNotFound, also when a policy refuses; BucketNotEmpty; AccessDenied for the account's bucket of the Objects dialect.
    /// </exception>
    public async Task DeleteAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        Bucket bucket = await RequireAsync(caller, name, PolicyVerbs.Select | PolicyVerbs.Delete, cancellationToken);
        switch (await catalog.DeleteBucketAsync(bucket.Id, cancellationToken))
        {
            case BucketRemoval.Missing:
                throw NotFound();
            case BucketRemoval.NotEmpty:
                throw new StoreException(StoreErrorCode.BucketNotEmpty, "the bucket holds objects: empty it first");
            case BucketRemoval.Kept:
                throw new StoreException(
                    StoreErrorCode.AccessDenied, "this bucket holds what the account makes through the Objects API and cannot be deleted");
        }
    }

    /// <summary>Deletes every object that is in the bucket when the call begins; the bytes go later. For the service right only.</summary>
    /// <exception cref="StoreException">AccessDenied, BucketNotFound, BucketTooFull.</exception>
    public async Task EmptyAsync(Caller caller, string name, CancellationToken cancellationToken)
    {
        if (caller.Right is not Right.Service)
        {
            throw new StoreException(StoreErrorCode.AccessDenied, "a bucket is emptied with a service key of its account");
        }

        Bucket bucket = await RequireAsync(caller, name, PolicyVerbs.Select | PolicyVerbs.Delete, cancellationToken);
        BucketExtent extent = await MeasureAsync(catalog, bucket, limits, cancellationToken);
        for (string? after = null; (after = await catalog.EmptyBucketAsync(bucket.Id, extent, after, cancellationToken)) is not null;)
        {
        }
    }

    /// <summary>What there is to empty.</summary>
    /// <exception cref="StoreException">BucketTooFull.</exception>
    internal static async ValueTask<BucketExtent> MeasureAsync(
        ICatalog catalog, Bucket bucket, StoreLimits limits, CancellationToken cancellationToken)
    {
        BucketExtent extent = await catalog.MeasureBucketAsync(bucket.Id, limits.MaxEmptiedObjects + 1, cancellationToken);
        return extent.Objects <= limits.MaxEmptiedObjects ? extent : throw new StoreException(
            StoreErrorCode.BucketTooFull,
            $"the bucket holds more than the {limits.MaxEmptiedObjects} objects that one call deletes: delete some of them by key first");
    }

    private async ValueTask<Bucket> RequireAsync(Caller caller, string name, PolicyVerbs verbs, CancellationToken cancellationToken)
    {
        AccountId account = caller.Account ?? throw NotFound();
        Bucket? found = await catalog.FindBucketAsync(name, cancellationToken);
        Bucket? own = found?.Account == account ? found : null;

        // Policies are asked about what is missing too: else a refusal without a decision would tell it from what is hidden.
        Decision decision = own is null
            ? await policies.DecideMissingAsync(caller, account, name, verbs, cancellationToken)
            : await policies.DecideAsync(caller, own, verbs, cancellationToken);
        return own is not null && decision.IsAllowed ? own : throw NotFound(decision);
    }

    /// <summary>Names are ASCII, so their order here is the order of their bytes.</summary>
    private static int Compare(Bucket left, Bucket right, BucketSort sort)
    {
        int order = sort switch
        {
            BucketSort.CreatedAt => (left.CreatedAtMs, left.Id.Value).CompareTo((right.CreatedAtMs, right.Id.Value)),
            BucketSort.UpdatedAt => left.UpdatedAtMs.CompareTo(right.UpdatedAtMs),
            BucketSort.ShownName => string.CompareOrdinal(left.ShownName, right.ShownName),
            _ => 0,
        };
        return order != 0 ? order : string.CompareOrdinal(left.Name, right.Name);
    }

    internal static StoreException NotFound(Decision decision = default) =>
        new(StoreErrorCode.BucketNotFound, "there is no such bucket") { DecisionId = decision.DecisionId };
}
