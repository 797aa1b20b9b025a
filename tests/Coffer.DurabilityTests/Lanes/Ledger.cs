using System.Collections.Concurrent;

namespace Coffer.DurabilityTests.Lanes;

/// <summary>Bytes that anybody can make again from two numbers; incompressible.</summary>
internal sealed record Content(int SizeBytes, int Seed)
{
    public byte[] Bytes()
    {
        byte[] bytes = new byte[SizeBytes];
        new Random(Seed).NextBytes(bytes);
        return bytes;
    }
}

/// <summary>How an object looks from outside.</summary>
/// <param name="State">A state of the wire, or <see cref="Absent"/>.</param>
/// <param name="Content">What a download brings, or would bring once the object is complete; null when nothing was uploaded.</param>
internal sealed record View(string State, string Name, Content? Content)
{
    public const string Absent = "ABSENT", Uploading = "UPLOADING", ReadOnly = "READ_ONLY", Deleted = "DELETED";

    public override string ToString() => Content is null ? State : $"{State} with {Content.SizeBytes} bytes of seed {Content.Seed}";
}

/// <summary>What became of a request, as its client sees it.</summary>
internal enum Outcome
{
    /// <summary>No answer, or one that leaves it open: it happened as a whole or not at all.</summary>
    Open,

    /// <summary>The promise was given.</summary>
    Acknowledged,

    /// <summary>The answer says that nothing was changed.</summary>
    Refused,
}

/// <summary>One request about one object.</summary>
/// <param name="RequestId">Sent as x-request-id; it comes back in the answer, where a journal or a trace shows it.</param>
/// <param name="Apply">The view after it; null where it cannot succeed.</param>
internal sealed record Step(string RequestId, string Verb, Func<View, View?> Apply)
{
    public Outcome Outcome { get; set; }
}

/// <summary>One object and what was asked of it, one request after the other.</summary>
internal sealed class TrackedObject(string name)
{
    private readonly List<Step> _steps = [];
    private View[] _start = [new(View.Absent, name, Content: null)];

    /// <summary>The name it is created with; no other object has it.</summary>
    public string Name => name;

    /// <summary>Null while its creation was not answered.</summary>
    public string? Id { get; set; }

    public string? UploadUrl { get; set; }

    public IReadOnlyList<Step> Steps => _steps;

    public void Add(Step step) => _steps.Add(step);

    /// <summary>What it may look like.</summary>
    /// <param name="isAnswered">
    /// Whether a request was acknowledged by the moment in question; null for now. A client waits for an answer before it goes
    /// on, so what follows an acknowledgement that had not been given yet had not been asked for.
    /// </param>
    public IReadOnlyCollection<View> Allowed(Func<Step, bool>? isAnswered = null)
    {
        HashSet<View> views = [.. _start];
        foreach (Step step in _steps)
        {
            bool isAcknowledged = step.Outcome == Outcome.Acknowledged && isAnswered?.Invoke(step) != false;
            View[] after = [.. views.Select(step.Apply).OfType<View>()];
            if (isAcknowledged) views = [.. after];
            else if (step.Outcome != Outcome.Refused) views.UnionWith(after);
            if (!isAcknowledged && step.Outcome == Outcome.Acknowledged) break;
        }

        return views;
    }

    public TrackedObject Copy()
    {
        var copy = new TrackedObject(name) { Id = Id, UploadUrl = UploadUrl, _start = _start };
        copy._steps.AddRange(_steps);
        return copy;
    }

    /// <summary>Somebody looked: all that was open is decided.</summary>
    public void Found(View view)
    {
        _steps.Clear();
        _start = [view];
    }
}

/// <summary>All objects that a load made, or tried to make.</summary>
internal sealed class Ledger
{
    private readonly ConcurrentQueue<TrackedObject> _objects = new();
    private int _names;

    public IReadOnlyCollection<TrackedObject> Objects => _objects;

    public int Acknowledged => _objects.Sum(tracked => tracked.Steps.Count(step => step.Outcome == Outcome.Acknowledged));

    /// <summary>The same objects, for a look that leaves this ledger as it is.</summary>
    public Ledger Copy()
    {
        var copy = new Ledger();
        foreach (TrackedObject tracked in _objects) copy._objects.Enqueue(tracked.Copy());
        return copy;
    }

    public TrackedObject New(string prefix = "object")
    {
        var made = new TrackedObject($"{prefix}-{Interlocked.Increment(ref _names)}");
        _objects.Enqueue(made);
        return made;
    }
}
