using System.CommandLine;
using System.Runtime.CompilerServices;
using Coffer.Client;

namespace Coffer.Cli.Input;

/// <summary>The options that choose objects, the same for <c>ls</c> and <c>rm</c>.</summary>
internal sealed class ObjectFilter
{
    private const int LargestPage = 1000;
    private const int DefaultLimit = 20;

    private readonly Option<bool> _public;

    private readonly Option<string?> _state = new("--state")
    {
        Description = "Exactly this state: uploading, read_only, deleted or error. Deleted objects show only when asked for.",
        HelpName = "state",
    };

    private readonly Option<string?> _name = new("--name") { Description = "Part of the name, in any letter case.", HelpName = "text" };

    private readonly Option<string?> _search = new("--search")
    {
        Description = "An id, the beginning of one, or part of a name.",
        HelpName = "text",
    };

    private readonly Option<string?> _type = new("--type")
    {
        Description = "Exactly this class or media type, such as tgz or text/csv.",
        HelpName = "type",
    };

    private readonly Option<TimeSpan?> _unusedFor = Durations.Option(
        "--unused-for", "Not read for this long; what was never read counts from its creation.", "30d");

    private readonly Option<long?> _largerThan = Sizes.Option("--larger-than", "More than this many bytes.");

    private readonly Option<int?> _limit = new("--limit") { HelpName = "n" };

    private readonly Option<bool> _all = new("--all");

    /// <param name="command">The verb that takes the options.</param>
    /// <param name="publicMeans">What <c>--public</c> means there.</param>
    /// <param name="limitMeans">What <c>--limit</c> means there.</param>
    /// <param name="allMeans">What <c>--all</c> means there.</param>
    public ObjectFilter(Command command, string publicMeans, string limitMeans, string allMeans)
    {
        _public = new Option<bool>("--public") { Description = publicMeans };
        _limit.Description = limitMeans;
        _all.Description = allMeans;
        _limit.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var text }] && (!int.TryParse(text, out int limit) || limit < 1))
            {
                result.AddError($"--limit '{text}' is no positive number; write for example --limit 100");
            }
        });
        _state.Validators.Add(static result =>
        {
            if (result.Tokens is [{ Value: var text }] && StateOf(text).Value is not ("UPLOADING" or "READ_ONLY" or "DELETED" or "ERROR"))
            {
                result.AddError($"--state '{text}' is no state; write uploading, read_only, deleted or error");
            }
        });
        command.Validators.Add(result =>
        {
            if (result.GetResult(_limit) is not null && result.GetResult(_all) is not null)
            {
                result.AddError("--limit and --all exclude each other; keep one of them");
            }
        });

        foreach (Option option in (Option[])[_public, _state, _name, _search, _type, _unusedFor, _largerThan, _limit, _all])
        {
            command.Options.Add(option);
        }
    }

    /// <summary>Whether any option was given, <c>--all</c> included; a mere limit chooses nothing.</summary>
    public bool IsGiven(Session session) => session.Value(_all) || Narrows(session);

    /// <summary>Whether any option was given that lets only some objects pass.</summary>
    public bool Narrows(Session session) =>
        session.Value(_public) || session.Value(_state) is not null || session.Value(_name) is not null
        || session.Value(_search) is not null || session.Value(_type) is not null || session.Value(_unusedFor) is not null
        || session.Value(_largerThan) is not null;

    /// <summary>Whether it chooses deleted objects.</summary>
    public bool IsForDeleted(Session session) => session.Value(_state) is { } state && StateOf(state) == ObjectState.Deleted;

    /// <summary>How many objects were asked for; null for all of them.</summary>
    public int? Limit(Session session, bool allByDefault) =>
        session.Value(_limit) ?? (allByDefault || session.Value(_all) ? null : DefaultLimit);

    /// <summary>The objects that every given option lets pass, newest first.</summary>
    /// <param name="everyonesPublic">Whether <c>--public</c> lists what every account has made public, or only one's own.</param>
    public async IAsyncEnumerable<ObjectView> FindAsync(
        Session session, bool everyonesPublic, int? limit, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        bool isPublic = session.Value(_public);
        TimeSpan? unusedFor = session.Value(_unusedFor);
        long? largerThan = session.Value(_largerThan);
        DateTimeOffset now = DateTimeOffset.UtcNow;

        // What the server does not filter by is looked at here, so the page is not what was asked for but what travels well.
        bool isNarrowedHere = unusedFor is not null || largerThan is not null || (isPublic && !everyonesPublic);
        var request = new ObjectListRequest
        {
            Limit = isNarrowedHere ? LargestPage : Math.Min(limit ?? LargestPage, LargestPage),
            Name = session.Value(_name),
            Search = session.Value(_search),
            ContentType = session.Value(_type) is { Length: > 0 } type ? new ObjectContentType(type) : default(ObjectContentType?),
            State = session.Value(_state) is { } state ? StateOf(state) : null,
            IncludeTotalCount = false,
        };

        int found = 0;
        await foreach (ObjectView view in PagesAsync(session.Client, isPublic && everyonesPublic, request, cancellationToken))
        {
            bool isChosen = (!isPublic || view.IsPublic == true)
                && (unusedFor is null || now - (view.LastAccessedAt ?? view.CreatedAt) >= unusedFor)
                && (largerThan is null || view.SizeBytes > largerThan);
            if (isChosen)
            {
                yield return view;
                if (++found == limit)
                {
                    yield break;
                }
            }
        }
    }

    private static async IAsyncEnumerable<ObjectView> PagesAsync(
        CofferClient client, bool everyonesPublic, ObjectListRequest request, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        if (!everyonesPublic)
        {
            await foreach (ObjectView view in client.Objects.ListAllAsync(request, cancellationToken: cancellationToken))
            {
                yield return view;
            }

            yield break;
        }

        ObjectPage page;
        do
        {
            page = await client.Objects.ListPublicAsync(request, cancellationToken: cancellationToken);
            foreach (ObjectView view in page.Objects)
            {
                yield return view;
            }

            request = request with { StartingAfter = page.Objects is [.., { } last] ? last.Id : null };
        }
        while (page is { HasMore: true, Objects.Count: > 0 });
    }

    private static ObjectState StateOf(string text) =>
        text.Length == 0 ? default : new ObjectState(text.ToUpperInvariant().Replace('-', '_'));
}
