// Starts the reference.
(async () => {
  const place = document.getElementById('reference');
  const here = new URL('.', location.href).href.replace(/\/$/, '');
  const everywhere = place.dataset.publicUrl;

  const servers = [{ url: here, description: 'This server' }];
  if (everywhere && everywhere !== here) {
    servers.push({ url: everywhere, description: 'Where clients reach it' });
  }
  servers.push({
    url: '{base}',
    description: 'Another base URL',
    variables: { base: { default: here, description: 'Base URL' } },
  });

  // The console would send whatever has an example, also versions and keys nobody has. What need not be sent is off
  // there until somebody wants it.
  const address = new URL('openapi.json', location.href).href;
  const content = await (await fetch(address)).json();
  const operations = Object.values(content.paths).flatMap(Object.values);
  for (const parameter of operations.flatMap((operation) => operation.parameters ?? [])) {
    if (!parameter.required) {
      const value = parameter.example ?? parameter.schema?.examples?.[0] ?? '';
      delete parameter.example;
      parameter.examples = { default: { value, 'x-disabled': true } };
    }
  }

  Scalar.createApiReference(place, {
    url: address,
    content,
    servers,
    // Links name operations as the document does, so they outlive a change of paths or words.
    generateOperationSlug: ({ operationId }) => operationId,
    // Every operation brings its samples, which are tested.
    hiddenClients: true,
    // Nothing is loaded from elsewhere, told to others, or sent through them.
    withDefaultFonts: false,
    telemetry: false,
    agent: { disabled: true },
    mcp: { disabled: true },
    showDeveloperTools: 'never',
    hideClientButton: true,
    // Credentials are gone with the page.
    persistAuth: false,
    documentDownloadType: 'direct',
    metaData: { title: document.title },
  });
})();
