using Coffer.Client;
using Coffer.ClientTests.Child;

// Runs a piece of the client in a process of its own, for what cannot be measured beside a test server.
string mode = args[0];
string key = Environment.GetEnvironmentVariable("COFFER_API_KEY") ?? "key";
using var client = new CofferClient(new Uri(args[1]), key);
return mode switch
{
    "starve" => Starved.Run(client, silence: new Uri(args[1]), Starved.WorkWithObjects),
    "starve-on" => Starved.Run(client, silence: null, Starved.WorkWithObjects),
    "starve-files" => Starved.Run(client, silence: null, Starved.WorkWithFiles),
    "starve-devboxes" => Starved.Run(client, silence: null, Starved.WorkWithDevboxes),
    "move" => await Moving.RunAsync(client, isAsync: args[2] == "async", size: long.Parse(args[3])),
    _ => 2,
};
