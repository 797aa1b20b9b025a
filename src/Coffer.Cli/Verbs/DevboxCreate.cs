using System.CommandLine;
using Coffer.Cli.Input;
using Coffer.Cli.Output;
using Coffer.Client;

namespace Coffer.Cli.Verbs;

/// <summary><c>coffer devbox create</c>: makes a devbox with everything that is mounted in it; or says why not, and there is none.</summary>
internal static class DevboxCreate
{
    public static Command Command()
    {
        var mounts = new Option<string[]>("--mount")
        {
            Description = "An object and where it goes: archives are extracted there, everything else becomes that file. May be repeated.",
            HelpName = "id:/path",
        };
        mounts.Validators.Add(static result =>
        {
            if (result.Tokens.FirstOrDefault(static token => MountIn(token.Value) is null) is { } wrong)
            {
                result.AddError($"--mount '{wrong.Value}' is no object and path; write for example --mount obj_…:/home/user/project");
            }
        });
        Option<string[]> environment = Pairs.Option("--env", "A variable of its commands; may be repeated.", "TERM=dumb");
        var name = new Option<string?>("--name") { Description = "What it is called; need not be unique.", HelpName = "text" };
        Option<string[]> metadata = Pairs.Metadata();
        Option<TimeSpan?> keepAlive = Durations.Option(
            "--keep-alive", "When it is shut down by itself, counted from now; after an hour when nothing is said.", "8h",
            static (duration, text) => duration > TimeSpan.Zero ? null : $"--keep-alive '{text}' is no time at all; write for example 8h");
        var verb = new Verb(
            "create",
            "Make a devbox, and wait until all that is mounted in it can be read.",
            "coffer devbox create --mount obj_…:/home/user/project",
            "box=$(coffer devbox create --name build --keep-alive 8h --env CI=1)")
        {
            mounts, name, environment, metadata, keepAlive,
        };
        return verb.Runs(async session =>
        {
            var request = new DevboxCreateRequest
            {
                Name = session.Value(name),
                Mounts = session.Value(mounts) is { Length: > 0 } given ? [.. given.Select(static text => OfAnId(MountIn(text)!))] : null,
                EnvironmentVariables = Pairs.Of(session.Value(environment)),
                Metadata = Pairs.Of(session.Value(metadata)),
                KeepAlive = session.Value(keepAlive),
            };
            DevboxView made = (await session.Client.Devboxes.CreateAsync(request, cancellationToken: session.Cancelled)).Info!; // not disposed: it is to stay
            session.Out.One(
                made.Id,
                [
                    ("Id", made.Id), ("Name", made.Name), ("Status", made.Status.Value), ("Created", Shapes.Moment(made.CreatedAt)),
                ],
                json => JsonShapes.Write(json, made));
            session.Hint($"`coffer devbox exec {made.Id} -- ls -l` runs a command in it, `coffer devbox shutdown {made.Id}` ends it.");
        });
    }

    private static ObjectMount? MountIn(string text)
    {
        int colon = text.IndexOf(":/", StringComparison.Ordinal);
        return colon < 1 ? null : new ObjectMount(text[..colon], text[(colon + 1)..]);
    }

    /// <exception cref="UsageException">It is an address, of which devboxes know nothing.</exception>
    private static ObjectMount OfAnId(ObjectMount mount) => mount with { ObjectId = Place.IdIn(mount.ObjectId) };
}
