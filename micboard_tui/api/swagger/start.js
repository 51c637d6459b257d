SwaggerUIBundle({
  url: "../schema/",
  dom_id: "#documentation",
  deepLinking: true,
  // It would ask another host.
  validatorUrl: null,
  persistAuthorization: false,
});
