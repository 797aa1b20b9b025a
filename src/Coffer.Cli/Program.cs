using Coffer.Cli;

return await CofferCommand.RunAsync(args);
